// @ts-check
// The rows of the wallboard: one a queue, painted from a model at an instant. The wall paints what is live, the replay what was.

import { text } from "../texts.js";
import { span } from "./time.js";
import { AgentDots } from "./agentdots.js";
import { TrendLine } from "./trend.js";
import { el, say } from "./dom.js";

/**
 * @typedef {import("./model.js").FloorModel} FloorModel
 * @typedef {NonNullable<ReturnType<FloorModel["queue"]>>} QueueNow
 * @typedef {import("./alarms.js").Thresholds} Thresholds
 * @typedef {{name: string, title: string, alarm: Thresholds}} QueueSetup
 * @typedef {{model: FloorModel, names: Record<string, string>, now: number, frozen: boolean}} Instant now in microseconds; frozen: ring bars
 *   show the instant instead of counting on by themselves
 */

/** @param {number | null} share */
export function percent(share) {
  if (share === null) return "–";
  // 99.6 % is not 100 %: nobody must read a kept promise where one was broken.
  return `${share >= 1 ? 100 : Math.min(Math.round(share * 100), 99)}`;
}

/** A big number: the longer it is the smaller, for it stays on one line in its cell. @param {HTMLElement} e @param {string} words */
function count(e, words) {
  say(e, words);
  const digits = String(words.length);
  if (e.dataset.digits !== digits) e.dataset.digits = digits;
}

/** How many queues there are decides how big everything is. @param {number} n */
export function density(n) {
  return n <= 1 ? 1 : n <= 3 ? 3 : n <= 6 ? 6 : n <= 10 ? 10 : 20;
}

/** How many waiting calls have a ring bar of their own at most; further they have as many as fit. @type {Record<number, number>} */
const BARS = { 1: 20, 3: 12, 6: 6, 10: 3, 20: 1 };

const narrow = matchMedia("(max-width: 900px)"); // the page scrolls there, and a row is as high as what is in it
const NARROW = 5;

export class Board {
  /**
   * @param {HTMLElement} root
   * @param {QueueSetup[]} setups
   * @param {(queue: string) => void} onDetails
   */
  constructor(root, setups, onDetails) {
    this.root = root;
    this.setups = setups;
    this.onDetails = onDetails;
    /** @type {Map<string, Row>} */
    this.rows = new Map();
  }

  /** @param {Instant} at */
  paint(at) {
    const names = [...at.model.queues.keys()];
    const step = density(names.length);
    if (this.root.dataset.density !== String(step)) this.root.dataset.density = String(step);
    if (names.join("\n") !== [...this.rows.keys()].join("\n")) {
      this.rows = new Map(names.map((name) => {
        const setup = this.setups.find((s) => s.name === name) ?? { name, title: name, alarm: { waiting: 0, ring: 0, share: 0, missing: 0 } };
        return [name, new Row(setup, () => this.onDetails(name))];
      }));
      this.root.replaceChildren(heads(), ...[...this.rows.values()].map((r) => r.root));
    }
    const room = narrow.matches ? "" : `${this.root.clientWidth}×${this.root.clientHeight}/${names.length}`;
    const most = narrow.matches ? Math.min(NARROW, BARS[step]) : BARS[step];
    for (const [name, row] of this.rows) {
      const q = at.model.queue(name, at.now);
      if (q) row.paint(q, at, most, step, room);
    }
  }
}

/** Where rows are too low for labels of their own, the columns have heads. */
function heads() {
  const row = el("div", "wall-heads");
  row.setAttribute("aria-hidden", "true"); // each cell says its label itself
  const labels = ["", text("floor.js.today"), text("floor.js.last30"), text("floor.js.waiting"), "", text("floor.js.agents"), text("floor.js.missing"), text("floor.js.abandons"), text("floor.js.trend")];
  row.append(...labels.map((l) => el("span", "", l)));
  return row;
}

class Row {
  /**
   * @param {QueueSetup} setup
   * @param {() => void} onDetails
   */
  constructor(setup, onDetails) {
    this.setup = setup;
    const name = el("button", "wall-name-button", setup.title);
    name.type = "button";
    name.title = text("floor.js.details.of", setup.title);
    name.addEventListener("click", onDetails);
    this.talking = el("span", "wall-sub");
    this.today = el("span", "wall-share");
    this.todayOf = el("span", "wall-sub");
    this.last = el("span", "wall-share wall-share-2");
    this.lastOf = el("span", "wall-sub");
    this.waiting = el("span", "wall-count");
    this.longest = el("span", "wall-sub");
    this.bars = el("ol", "wall-bars");
    this.more = el("li", "wall-more");
    this.more.dataset.call = "more";
    // What is known of the room for ring bars: its size, so many do not fit any more, so many fit above "and more", last looked at.
    this.room = { size: "", over: Infinity, fit: 0, seen: -1 };
    this.missing = el("span", "wall-count");
    this.missingOf = el("span", "wall-sub");
    this.abandons = el("div", "wall-abandons");
    this.abandons.setAttribute("role", "img");
    this.trendHost = el("div", "wall-trend");
    this.trendHost.setAttribute("role", "img");
    this.trend = new TrendLine(this.trendHost);
    this.dots = new AgentDots();
    this.alarm = el("p", "wall-alarm");
    this.alarm.hidden = true;
    const heading = el("h2", "wall-name");
    heading.append(name);
    const cell = (/** @type {string} */ kind, /** @type {string} */ label, /** @type {Node[]} */ ...parts) => {
      const d = el("div", `wall-cell wall-cell-${kind}`);
      if (label) d.append(el("span", "wall-label", label));
      d.append(...parts);
      return d;
    };
    this.todayCell = cell("today", text("floor.js.today"), this.today, this.todayOf);
    this.lastCell = cell("last", text("floor.js.last30"), this.last, this.lastOf);
    this.waitingCell = cell("waiting", text("floor.js.waiting"), this.waiting, this.longest);
    this.missingCell = cell("missing", text("floor.js.missing"), this.missing, this.missingOf);
    this.root = el("section", "wall-row");
    this.root.dataset.testid = `queue-${setup.name}`;
    this.root.setAttribute("aria-label", setup.title);
    this.root.append(
      cell("name", "", heading, this.talking, this.alarm), this.todayCell, this.lastCell, this.waitingCell, cell("bars", "", this.bars),
      cell("agents", text("floor.js.agents"), this.dots.root), this.missingCell,
      cell("abandons", text("floor.js.abandons"), this.abandons), cell("trend", text("floor.js.trend"), this.trendHost),
    );
  }

  /**
   * @param {QueueNow} q
   * @param {Instant} at
   * @param {number} bars
   * @param {number} step
   * @param {string} room changes with the size of the rows; "" when they are as high as what is in them
   */
  paint(q, at, bars, step, room) {
    say(this.talking, text("floor.js.talking", q.talking));
    this.#share(this.todayCell, this.today, this.todayOf, q.today, q.rule.target, step);
    this.#share(this.lastCell, this.last, this.lastOf, q.last_30_min, q.rule.target, step);
    count(this.waiting, String(q.waiting));
    const state = q.waiting === 0 ? "none" : q.longest_ring > q.rule.rings ? "over" : String(Math.max(1, Math.min(3, 3 - (q.rule.rings - q.longest_ring))));
    this.waitingCell.dataset.ring = state;
    say(this.longest, q.waiting === 0 ? text("floor.js.nobody") : text("floor.js.longest", span(q.longest_wait_s * 1e6)));
    this.#bars(q, at, bars, room);
    this.dots.paint(q.team, at, step);
    count(this.missing, q.missing > 0 ? `−${q.missing}` : "0");
    this.missingCell.dataset.state = q.missing > 0 ? "bad" : "good";
    say(this.missingOf, step <= 3 ? text("floor.js.staffed", q.staffed, q.needed) : `${q.staffed}/${q.needed}`);
    this.#abandons(q.today.abandoned_by_ring, q.today.abandoned, q.rule.rings);
    this.trend.show(q.trend, at.now / 1e6, q.rule.target);
    const label = text("floor.js.trend.label", this.setup.title, percent(q.last_30_min.three_rings));
    if (this.trendHost.getAttribute("aria-label") !== label) this.trendHost.setAttribute("aria-label", label);
  }

  /**
   * @param {HTMLElement} cell
   * @param {HTMLElement} big
   * @param {HTMLElement} small
   * @param {import("./shares.js").Window} w
   * @param {number} target
   * @param {number} step
   */
  #share(cell, big, small, w, target, step) {
    const state = w.three_rings === null ? "none" : w.three_rings >= target ? "good" : w.three_rings >= target - 0.1 ? "warn" : "bad";
    cell.dataset.state = state;
    count(big, percent(w.three_rings));
    say(small, step <= 3 ? text("floor.js.of", w.met, w.decided) : `${w.met}/${w.decided}`);
  }

  /**
   * As many waiting calls as fit, the longest first; the rest as a number. Nobody who waits is cut off unseen.
   * @param {QueueNow} q
   * @param {Instant} at
   * @param {number} most
   * @param {string} size of the room, "" when it has no bound
   */
  #bars(q, at, most, size) {
    const all = q.calls.length;
    if (this.room.size !== size + most) this.room = { size: size + most, over: most + 1, fit: most, seen: -1 };
    const r = this.room;
    this.#fill(q, at, all < r.over ? all : r.fit);
    if (size === "" || most <= 1 || all === r.seen) return;
    r.seen = all;
    if (all < r.over) {
      if (!this.#cut()) return;
      r.over = all;
      r.fit = Math.min(r.fit, all - 1);
      this.#fill(q, at, r.fit);
    }
    while (r.fit > 1 && this.#cut()) this.#fill(q, at, --r.fit);
  }

  #cut() {
    return this.bars.offsetHeight > (this.bars.parentElement?.clientHeight ?? 0);
  }

  /**
   * @param {QueueNow} q
   * @param {Instant} at
   * @param {number} count
   */
  #fill(q, at, count) {
    const shown = q.calls.slice(0, count);
    /** @type {Map<string, Element>} */
    const old = new Map([...this.bars.children].map((li) => [/** @type {HTMLElement} */ (li).dataset.call ?? "", li]));
    const fresh = shown.map((c) => {
      let li = /** @type {HTMLElement | undefined} */ (old.get(c.id));
      if (!li) {
        li = el("li", "wall-bar");
        li.dataset.call = c.id;
        const bar = document.createElement("ring-bar");
        bar.dataset.ring1 = new Date(c.ring1 / 1000).toISOString();
        bar.dataset.cycleMs = String(q.rule.cycle / 1000);
        bar.dataset.rings = String(q.rule.rings);
        li.append(el("span", "wall-number"), bar);
      }
      const bar = /** @type {HTMLElement} */ (li.lastElementChild);
      if (at.frozen) bar.dataset.frozenMs = String(Math.max(0, Math.round((at.now - c.ring1) / 1000)));
      else if (bar.dataset.frozenMs !== undefined) delete bar.dataset.frozenMs;
      const phones = c.ringing.length > 0 ? ` ☏${c.ringing.length}` : "";
      say(/** @type {HTMLElement} */ (li.firstElementChild), (c.number || text("floor.js.anonymous")) + phones);
      return li;
    });
    const rest = q.calls[count];
    if (rest) {
      say(this.more, text("floor.js.more", q.calls.length - count, span(at.now - rest.ring1)));
      fresh.push(this.more);
    }
    const same = fresh.length === this.bars.children.length && fresh.every((li, i) => li === this.bars.children[i]);
    if (!same) this.bars.replaceChildren(...fresh);
  }

  /**
   * @param {number[]} byRing
   * @param {number} all
   * @param {number} rings the promised ones
   */
  #abandons(byRing, all, rings) {
    const key = byRing.join(" ");
    if (this.abandons.dataset.drawn === key) return;
    this.abandons.dataset.drawn = key;
    const most = Math.max(...byRing, 1);
    this.abandons.replaceChildren(...byRing.map((n, i) => {
      const bar = el("span", "wall-abandon");
      bar.dataset.ring = i + 1 > rings ? "over" : String(Math.max(1, 3 - (rings - i - 1)));
      bar.append(el("b", "", n > 0 ? String(n) : ""));
      const fill = el("i");
      fill.style.setProperty("--share", String(n / most));
      bar.append(fill, el("small", "", i === byRing.length - 1 ? `${i + 1}+` : String(i + 1)));
      return bar;
    }));
    this.abandons.setAttribute("aria-label", text("floor.js.abandons.label", all, byRing.map((n, i) => `${i + 1}: ${n}`).join(", ")));
  }
}
