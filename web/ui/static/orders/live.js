// @ts-check
// Keeps a page of orders or of a case up to date: when something happens, htmx asks for the page again and the parts that changed are
// exchanged. A part in which somebody types, signs or reads a secret waits until they are done.
import { openStream } from "../stream.js";
import { text } from "../texts.js";

const line = /** @type {HTMLElement} */ (document.querySelector("#live"));
const stale = /** @type {HTMLElement} */ (document.querySelector("#stale"));
const waits = /** @type {HTMLElement} */ (document.querySelector("#waits"));
const { order, case: number } = line.dataset;

/** What each part was when the server last sent it. @type {Map<string, string>} */
const sent = new Map();
/** An id that the page gave a form itself is no change. @param {Element} part */
const content = (part) => part.outerHTML.replace(/value="page-[0-9a-f]+"/g, 'value=""');
for (const part of document.querySelectorAll("[data-live]")) sent.set(part.id, content(part));

let due = 0;
let held = false;
/** Asks once for all that happens in a moment. */
function refresh() {
  clearTimeout(due);
  // The address is read anew: a filter changes it.
  due = setTimeout(() => void htmx.ajax("get", location.pathname + location.search, { source: line, target: line, swap: "none" }), 150);
}

openStream({
  records: true,
  onEvent(kind, data) {
    const mine = !order && !number || order && data?.order === order || number && data?.case === number;
    if (kind === "hello" || kind === "reset" || kind === "changed" && mine) refresh();
  },
  onStale: () => { stale.hidden = false; },
  onLive: () => { stale.hidden = true; },
});

/** @param {Element} field */
function typed(field) {
  if (field instanceof HTMLTextAreaElement) return field.value !== field.defaultValue;
  if (field instanceof HTMLSelectElement) {
    const at = [...field.options].findIndex((o) => o.defaultSelected);
    return field.selectedIndex !== Math.max(at, 0);
  }
  if (!(field instanceof HTMLInputElement) || field.type === "hidden") return false;
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  return field.type === "file" ? (field.files?.length ?? 0) > 0 : field.value !== field.defaultValue;
}

/** More of a list was asked for than its first page, which would fold it up again. @param {Element} part */
const unfolded = (part) => part.querySelectorAll("tbody:not(#more)").length > 1;

/** Somebody is at work in it. @param {Element} part */
function busy(part) {
  const at = document.activeElement;
  if (at && part.contains(at) && at.matches("input, textarea, select")) return true;
  return part.querySelector("dialog[open], [data-shown], .htmx-request") !== null || unfolded(part)
    || [...part.querySelectorAll("input, textarea, select")].some(typed);
}

/** @param {Element} part */
const stops = (part) => /** @type {HTMLElement[]} */ ([...part.querySelectorAll("a[href], button, summary")]);

/** Exchanges a part and leaves open what was opened, and the keyboard where it was. @param {Element} old @param {Element} fresh */
function exchange(old, fresh) {
  const at = /** @type {HTMLElement} */ (document.activeElement);
  const place = old.contains(at) ? stops(old).indexOf(at) : -1;
  const same = old.getAttribute("data-state") === fresh.getAttribute("data-state");
  const folds = [...old.querySelectorAll("details")];
  const news = [...fresh.querySelectorAll("details")];
  if (same && folds.length === news.length) news.forEach((d, i) => { d.open = folds[i].open; });
  if (fresh.hasAttribute("aria-live")) fresh.setAttribute("aria-live", "off"); // a screen reader is not read every list that moves
  old.replaceWith(fresh);
  htmx.process(fresh);
  document.dispatchEvent(new CustomEvent("hotline:fresh", { detail: fresh }));
  if (place >= 0) stops(fresh)[place]?.focus();
}

line.addEventListener("htmx:beforeSwap", (e) => {
  const { xhr } = /** @type {CustomEvent<{xhr: XMLHttpRequest}>} */ (e).detail;
  e.preventDefault();
  if (xhr.status !== 200) return;
  const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
  held = false;
  for (const next of page.querySelectorAll("[data-live]")) {
    const now = content(next);
    const old = document.getElementById(next.id);
    if (!old || sent.get(next.id) === now) continue;
    if (busy(old)) {
      held = true;
      continue;
    }
    sent.set(next.id, now);
    exchange(old, document.importNode(next, true));
  }
  const word = !held ? "" : document.querySelector("[data-live] tbody + tbody:not(#more)") ? text("orders.js.more") : text("orders.js.waits");
  if (waits.textContent !== word) waits.textContent = word;
  waits.hidden = !held;
});

// What had to wait comes as soon as nobody is in its way.
for (const kind of ["focusout", "change", "close"]) {
  document.addEventListener(kind, () => { if (held) refresh(); }, true);
}
