// @ts-check
// The few steps that every view of the floor takes on the page. Text is always set as text, never as markup.

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {string} [cls]
 * @param {string} [words]
 * @returns {HTMLElementTagNameMap[K]}
 */
export function el(tag, cls, words) {
  const e = document.createElement(tag);
  if (cls) e.className = cls;
  if (words !== undefined) e.textContent = words;
  return e;
}

/**
 * Sets a text only when it changed, so that nothing is laid out for nothing.
 * @param {HTMLElement} e
 * @param {string} words
 */
export function say(e, words) {
  if (e.textContent !== words) e.textContent = words;
}

/**
 * The element of an id; a page without it is broken.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const e = document.getElementById(id);
  if (!e) throw new Error(`this page has no #${id}`);
  return e;
}

/**
 * A data block of the page.
 * @param {string} id
 * @returns {any}
 */
export function dataOf(id) {
  return JSON.parse(byId(id).textContent || "null");
}

/**
 * Says whether a key press is meant for the page: not for a field, and without a modifier.
 * @param {KeyboardEvent} e
 */
export function forPage(e) {
  const at = e.target instanceof Element ? e.target : null;
  return !e.ctrlKey && !e.metaKey && !e.altKey && !at?.closest("input, select, textarea, dialog[open] form");
}

/**
 * Opens a dialog as a modal one; again is fine.
 * @param {string} id
 */
export function openDialog(id) {
  const d = /** @type {HTMLDialogElement} */ (byId(id));
  if (!d.open) d.showModal();
  return d;
}
