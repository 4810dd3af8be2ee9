// @ts-check
// A list of rows that stay the same elements while their words change, so that focus and selection survive a busy minute.

import { el, say } from "./dom.js";

/**
 * @template T
 * @typedef {object} ListOptions
 * @property {(item: T) => string} key
 * @property {string[]} cells class of each cell
 * @property {(item: T, row: HTMLButtonElement, cells: HTMLElement[]) => void} paint
 * @property {(key: string) => void} onSelect
 * @property {string} empty what an empty list says
 */

/** @template T */
export class RowList {
  /**
   * @param {HTMLElement} host
   * @param {ListOptions<T>} o
   */
  constructor(host, o) {
    this.host = host;
    this.o = o;
    /** @type {Map<string, {li: HTMLLIElement, row: HTMLButtonElement, cells: HTMLElement[]}>} */
    this.rows = new Map();
    this.selected = "";
    this.empty = el("li", "list-empty quiet", o.empty);
  }

  /** @param {T[]} items in the order in which they are shown */
  paint(items) {
    const keep = new Set();
    const fresh = items.map((item) => {
      const key = this.o.key(item);
      keep.add(key);
      let r = this.rows.get(key);
      if (!r) {
        const row = el("button", "list-row");
        row.type = "button";
        row.dataset.key = key;
        const cells = this.o.cells.map((cls) => el("span", cls));
        row.append(...cells);
        row.addEventListener("click", () => this.select(key));
        const li = el("li");
        li.append(row);
        r = { li, row, cells };
        this.rows.set(key, r);
      }
      this.o.paint(item, r.row, r.cells);
      return r.li;
    });
    for (const key of this.rows.keys()) if (!keep.has(key)) this.rows.delete(key);
    if (fresh.length === 0) fresh.push(/** @type {HTMLLIElement} */ (this.empty));
    if (fresh.length !== this.host.children.length || fresh.some((li, i) => li !== this.host.children[i])) {
      const focused = this.host.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement) : null;
      this.host.replaceChildren(...fresh);
      if (focused && this.host.contains(focused)) focused.focus({ preventScroll: true });
    }
    this.#mark();
  }

  /** @param {string} key */
  select(key) {
    this.selected = key;
    this.#mark();
    this.o.onSelect(key);
  }

  #mark() {
    for (const [key, { row }] of this.rows) row.setAttribute("aria-pressed", String(key === this.selected));
  }

  /**
   * Moves the focus; the first row when none has it.
   * @param {number} by
   */
  move(by) {
    const rows = [...this.host.querySelectorAll("button.list-row")];
    if (rows.length === 0) return;
    const at = rows.indexOf(/** @type {Element} */ (document.activeElement));
    const next = at < 0 ? 0 : Math.min(Math.max(at + by, 0), rows.length - 1);
    /** @type {HTMLElement} */ (rows[next]).focus();
  }

  /** Says whether the focus is in this list. */
  focused() {
    return this.host.contains(document.activeElement);
  }
}

/** @param {HTMLElement[]} cells @param {...string} words */
export function fill(cells, ...words) {
  words.forEach((w, i) => say(cells[i], w));
}
