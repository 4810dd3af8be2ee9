// @ts-check
/**
 * Texts for scripts, from the page's data blocks: <script type="application/json" data-texts>{{texts "desk.js."}}</script>, also
 * with id="texts".
 */

/** @typedef {string | {one: string, other: string}} Wording */

/** @type {Map<string, Wording> | undefined} */
let all;

function load() {
  /** @type {Map<string, Wording>} */
  const found = new Map();
  for (const block of document.querySelectorAll('script[type="application/json"][data-texts], script#texts')) {
    for (const [key, wording] of Object.entries(JSON.parse(block.textContent || "{}"))) found.set(key, wording);
  }
  return found;
}

/**
 * The text of a key in the page's language; {0}, {1} … stand for the arguments, and the first whole number among them chooses the
 * plural form.
 * @param {string} key @param {...(string | number)} args
 * @returns {string}
 */
export function text(key, ...args) {
  all ??= load();
  const wording = all.get(key);
  if (wording === undefined) {
    console.error(`there is no text ${key} on this page`);
    return key;
  }
  const form = typeof wording === "string" ? wording : args.find((a) => Number.isInteger(a)) === 1 ? wording.one : wording.other;
  return form.replace(/\{(\d)\}/g, (hole, n) => (n in args ? String(args[n]) : hole));
}

/**
 * The text of a name below a prefix, as {{word "prefix." name}} in templates.
 * @param {string} prefix @param {string} name
 */
export function word(prefix, name) {
  return text(prefix + name);
}
