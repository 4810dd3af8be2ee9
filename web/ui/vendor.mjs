// Vendors third-party JavaScript and icons from the pinned packages: `npm run vendor`, or `node vendor.mjs DIR` to write the
// same tree somewhere else (the test compares the two). The same packages give the same bytes on every machine.
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2] ?? here);
const root = process.env.HOTLINE_NODE ?? resolve(here, "../.."); // where node_modules is: deploy/test/node.sh prints it
const packages = join(root, "node_modules");
const { build } = createRequire(join(root, "package.json"))("esbuild");
const vendor = join(out, "static/vendor");
const icons = join(out, "icons");

// Names of lucide.dev that {{icon "name"}} may draw.
const drawn = `
  activity alarm-clock archive arrow-down arrow-left arrow-left-right arrow-right arrow-up ban bell bell-off book-open building-2
  calendar calendar-clock check chevron-down chevron-left chevron-right chevron-up circle circle-alert circle-check circle-help
  circle-pause circle-user clipboard-list clock coffee copy crown download ear eye file-text filter flag globe grid-3x3 hand hash headphones
  headset history house info key-round keyboard layout-dashboard link list loader lock log-in log-out mail map-pin maximize menu message-square mic mic-off
  minus monitor moon move paperclip pause pencil phone phone-call phone-forwarded phone-incoming phone-missed phone-off phone-outgoing
  pen-line play plus radio refresh-cw rotate-ccw save scroll-text search send settings shield shield-check signal signal-low signal-zero
  sliders-horizontal smartphone square star sun tag timer trash-2 triangle-alert truck undo-2 upload user user-check user-cog user-plus
  users volume-2 volume-x wifi wifi-off wrench x
`.trim().split(/\s+/);

/** The licence text of a package, beside its code. @param {string} name @param {string} file */
async function licence(name, file) {
  const text = await readFile(join(packages, name, file), "utf8");
  await writeFile(join(vendor, `LICENSE-${name}.txt`), text.replaceAll("\r\n", "\n"));
}

/**
 * Bundles one entry of a package as a minified ES module, with a declaration beside it that gives type checks the package's types.
 * @param {string} name @param {string} entry @param {string} exported what the module exports
 */
async function bundle(name, entry, exported) {
  const { version } = JSON.parse(await readFile(join(packages, name, "package.json"), "utf8"));
  const out = join(vendor, name.replace(/\.js$/, ""));
  await writeFile(`${out}.d.ts`, `export ${exported} from "${name}";\n`);
  await build({
    entryPoints: [join(packages, name, entry)],
    outfile: `${out}.js`,
    bundle: true, minify: true, format: "esm", target: "es2022", charset: "utf8", legalComments: "none",
    banner: { js: `/* ${name} ${version}; licence: LICENSE-${name}.txt */` },
    absWorkingDir: root, logLevel: "warning",
  });
}

await rm(vendor, { recursive: true, force: true });
await rm(icons, { recursive: true, force: true });
await mkdir(vendor, { recursive: true });
await mkdir(icons, { recursive: true });

await bundle("sip.js", "lib/index.js", "*");
await licence("sip.js", "LICENSE.md");
await bundle("signature_pad", "dist/signature_pad.js", "{ default }");
await licence("signature_pad", "LICENSE");
await bundle("uplot", "dist/uPlot.esm.js", "{ default }");
await writeFile(join(vendor, "uplot.css"), await readFile(join(packages, "uplot/dist/uPlot.min.css")));
await licence("uplot", "LICENSE");
// htmx is a classic script that works on the document, so its own minified build is taken as it is.
await writeFile(join(vendor, "htmx.js"), await readFile(join(packages, "htmx.org/dist/htmx.min.js")));
await licence("htmx.org", "LICENSE");
await licence("lucide-static", "LICENSE");
for (const name of drawn) {
  const svg = await readFile(join(packages, "lucide-static/icons", `${name}.svg`), "utf8");
  const shapes = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
  await writeFile(join(icons, `${name}.svg`), shapes.trim().replaceAll(/\n\s*/g, "") + "\n");
}
