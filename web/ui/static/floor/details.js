// @ts-check
// One queue's numbers in full: each with its formula in words, today and in the last 30 minutes, and the trend as a table.

import { text, word } from "../texts.js";
import { percent } from "./board.js";
import { byId, el, openDialog, say } from "./dom.js";
import { steps } from "./trend.js";

/** @typedef {import("./shares.js").Window} Window */

/** @type {(keyof Window)[]} */
const SHARES = ["three_rings", "three_rings_no_short", "app_queue_sl", "app_queue_sl2", "connect_sl", "genesys_sl"];
/** @type {(keyof Window)[]} */
const COUNTS = ["offered", "decided", "answered", "met", "abandoned", "short", "machine", "callbacks", "lost", "flow_out"];
/** @type {(keyof Window)[]} */
const TIMES = ["asa_s", "aht_s"];

export class Details {
  /** @param {import("./board.js").QueueSetup[]} setups */
  constructor(setups) {
    this.setups = setups;
    this.queue = "";
    this.dialog = /** @type {HTMLDialogElement} */ (byId("details"));
    this.body = byId("details-numbers");
    this.trend = byId("details-trend");
    /** @type {Map<string, HTMLElement[]>} */
    this.cells = new Map();
    this.body.replaceChildren(...[...SHARES, ...COUNTS, ...TIMES].map((name) => this.#row(name)));
  }

  /** @param {string} name */
  #row(name) {
    const row = el("tr");
    const head = el("th", "", word("floor.js.measure.", name));
    head.scope = "row";
    head.append(el("span", "hint measure-how", word("floor.js.how.", name)));
    const cells = [el("td", "num"), el("td", "num")];
    this.cells.set(name, cells);
    row.append(head, ...cells);
    return row;
  }

  /** @param {string} queue */
  open(queue) {
    this.queue = queue;
    say(byId("details-title"), this.setups.find((s) => s.name === queue)?.title ?? queue);
    openDialog("details");
  }

  /**
   * @param {import("./board.js").Instant} at
   * @param {Intl.DateTimeFormat} clock
   */
  paint(at, clock) {
    if (!this.dialog.open) return;
    const q = at.model.queue(this.queue, at.now);
    if (!q) return;
    [q.today, q.last_30_min].forEach((w, i) => {
      for (const [name, cells] of this.cells) say(cells[i], shown(name, w[/** @type {keyof Window} */ (name)]));
    });
    const rows = steps(q.trend, at.now / 1e6).filter((s) => s.offered + s.decided > 0).reverse();
    const key = JSON.stringify(rows);
    if (this.trend.dataset.drawn === key) return;
    this.trend.dataset.drawn = key;
    this.trend.replaceChildren(...rows.map((s) => {
      const tr = el("tr");
      const head = el("th", "num-left", clock.format(new Date(s.from * 1000)));
      head.scope = "row";
      tr.append(head, ...[s.offered, s.decided, s.met, s.abandoned].map((n) => el("td", "num", String(n))));
      tr.append(el("td", "num", s.decided > 0 ? `${percent(s.met / s.decided)} %` : "–"));
      return tr;
    }));
  }
}

/**
 * @param {string} name
 * @param {number | number[] | null} value
 */
function shown(name, value) {
  if (SHARES.includes(/** @type {keyof Window} */ (name))) return value === null ? "–" : `${percent(Number(value))} %`;
  if (TIMES.includes(/** @type {keyof Window} */ (name))) return text("floor.js.seconds", Number(value).toFixed(1));
  return String(value);
}
