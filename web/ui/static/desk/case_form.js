// @ts-check
// The case form: choices by product, templates that never overwrite, times by one key, what is missing as words.
import { text } from "../texts.js";

/** @typedef {import("./case_draft.js").Missing} Missing */
/** @typedef {{code: string, title: string, categories?: {code: string, title: string}[]}} Product */
/** @typedef {{name: string, product: string, category: string, title: string, text: string}} Template */
/** @typedef {{products: Product[], templates: Template[], max_file: number}} Choices */

/** @returns {Choices} */
export function choices() {
  const block = document.getElementById("case-choices");
  return block ? JSON.parse(block.textContent || "{}") : { products: [], templates: [], max_file: 0 };
}

/** @param {string} id */
function input(id) {
  const e = document.getElementById(id);
  return e instanceof HTMLInputElement || e instanceof HTMLTextAreaElement ? e : null;
}

/** The list of categories and of templates follows the product and the category. */
export function follow() {
  const all = choices();
  const typed = (input("f-product")?.value ?? "").trim().toLowerCase();
  const product = all.products.find((p) => p.title.toLowerCase() === typed || p.code === typed);
  const kinds = product ? (product.categories ?? []) : all.products.flatMap((p) => p.categories ?? []);
  const list = document.getElementById("f-categories");
  if (list) list.replaceChildren(...kinds.map((c) => option(c.title, "")));
  const kind = (input("f-category")?.value ?? "").trim().toLowerCase();
  const category = kinds.find((c) => c.title.toLowerCase() === kind || c.code === kind);
  const select = document.getElementById("case-template");
  if (!(select instanceof HTMLSelectElement)) return;
  const fitting = all.templates
    .filter((t) => (!t.product || t.product === product?.code) && (!t.category || t.category === category?.code))
    .sort((a, b) => weight(b) - weight(a));
  const before = select.value;
  select.replaceChildren(...fitting.map((t) => option(t.title, t.name)));
  if (fitting.length === 0) select.append(option(text("work.js.template.none"), ""));
  if (fitting.some((t) => t.name === before) && before !== "" && select.dataset.chosen === "true") select.value = before;
}

/** What fits most closely stands first. @param {Template} t */
function weight(t) {
  return (t.category ? 2 : 0) + (t.product ? 1 : 0);
}

/** @param {string} label @param {string} value */
function option(label, value) {
  const o = document.createElement("option");
  o.textContent = label;
  o.value = value || label;
  return o;
}

/**
 * Adds the questions of the chosen template to the description: those that are not asked there yet, after what is typed.
 * @returns {boolean} whether anything was added
 */
export function insertTemplate() {
  const select = document.getElementById("case-template");
  const area = input("f-description");
  if (!(select instanceof HTMLSelectElement) || !area) return false;
  const chosen = choices().templates.find((t) => t.name === select.value);
  if (!chosen) return false;
  const there = area.value;
  const missing = chosen.text.split("\n").filter((line) => line.trim() !== "" && !there.includes(line.trim()));
  if (missing.length > 0) {
    const gap = there === "" || there.endsWith("\n") ? "" : "\n";
    area.value = there + gap + missing.join("\n");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
  const first = area.value.indexOf(missing[0] ?? "");
  const end = area.value.indexOf("\n", Math.max(first, 0));
  area.focus();
  area.setSelectionRange(end < 0 ? area.value.length : end, end < 0 ? area.value.length : end);
  return missing.length > 0;
}

/** An instant as <input type="datetime-local"> has it, on this device's clock. @param {Date} at */
function local(at) {
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** Sets a time by a button: now, in 30 or 60 minutes, tomorrow at nine. @param {HTMLElement} button @param {Date} now in the visitor's zone */
export function setTime(button, now) {
  const target = input(button.dataset.for ?? "");
  if (!target) return;
  const at = new Date(now);
  const when = button.dataset.when ?? "now";
  if (when === "tomorrow") {
    at.setDate(at.getDate() + 1);
    at.setHours(9, 0, 0, 0);
  } else if (when !== "now") {
    at.setMinutes(at.getMinutes() + Number(when) + 4); // rounded up to five minutes: a promise people can say
    at.setMinutes(Math.floor(at.getMinutes() / 5) * 5, 0, 0);
  }
  target.value = local(at);
  target.dispatchEvent(new Event("input", { bubbles: true }));
}

/**
 * Lists what is missing beside the finish button, as text; what is wrong with something typed stands beside its field too.
 * @param {Missing[]} missing
 */
export function showMissing(missing) {
  const place = document.getElementById("case-missing");
  if (place) {
    const key = JSON.stringify(missing);
    if (place.dataset.said !== key) {
      place.dataset.said = key;
      place.replaceChildren(...(missing.length === 0 ? [complete()] : [head(missing.length), listOf(missing)]));
    }
  }
  for (const old of document.querySelectorAll(".field-trouble[data-of]")) old.remove();
  for (const e of document.querySelectorAll("#case-form [aria-invalid]")) e.removeAttribute("aria-invalid");
  for (const m of missing) {
    if (m.code === "missing") continue;
    const field = document.querySelector(`#case-form [name="${CSS.escape(m.name)}"]`);
    if (!(field instanceof HTMLElement) || m.name === "outcome") continue;
    field.setAttribute("aria-invalid", "true");
    const p = document.createElement("p");
    p.className = "field-trouble";
    p.dataset.of = m.name;
    p.id = `wrong-${m.name}`;
    p.textContent = m.text;
    field.setAttribute("aria-describedby", p.id);
    (field.closest(".field, .check") ?? field).append(p);
  }
}

function complete() {
  const p = document.createElement("p");
  p.className = "complete";
  p.textContent = `✓ ${text("work.js.complete")}`;
  return p;
}

/** @param {number} n */
function head(n) {
  const strong = document.createElement("strong");
  strong.textContent = text("work.js.missing", n);
  return strong;
}

/** @param {Missing[]} missing */
function listOf(missing) {
  const ul = document.createElement("ul");
  for (const m of missing) {
    const li = document.createElement("li");
    const go = document.createElement("button");
    go.type = "button";
    go.className = "link";
    go.dataset.goto = m.name;
    go.dataset.code = m.code;
    go.textContent = m.text;
    li.append(go);
    ul.append(li);
  }
  return ul;
}

/** Goes to the field of a name. @param {string} name */
export function goTo(name) {
  const all = document.querySelectorAll(`#desk-work [name="${CSS.escape(name)}"]`);
  const target = [...all].find((e) => e instanceof HTMLInputElement && e.type === "radio" && e.checked) ?? all[0];
  if (target instanceof HTMLElement) target.focus();
}
