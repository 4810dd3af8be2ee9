// @ts-check
// Thresholds: a queue that passes one flashes, says why in words, and sounds until somebody acknowledges it. The sound works only
// after somebody has switched it on (browsers let a page sound only after a click).

import { text } from "../texts.js";
import { percent } from "./board.js";
import { el } from "./dom.js";

/**
 * @typedef {{waiting: number, ring: number, share: number, missing: number}} Thresholds callers waiting at least; ring of the longest
 *   waiting at least; per cent within three rings below (last 30 minutes, of five calls or more); agents missing at least. 0: not watched
 * @typedef {import("./board.js").QueueNow} QueueNow
 * @typedef {import("./board.js").QueueSetup} QueueSetup
 */

const LEAST_CALLS = 5;
const MOST_LINES = 4;
const REPEAT = 8000;

/**
 * What is wrong with a queue, in words, by the kind of threshold.
 * @param {QueueNow} q
 * @param {Thresholds} t
 * @returns {Record<string, string>}
 */
export function alarmsOf(q, t) {
  /** @type {Record<string, string>} */
  const out = {};
  if (t.ring > 0 && q.longest_ring >= t.ring) out.ring = text("floor.js.alarm.ring", q.longest_ring);
  if (t.waiting > 0 && q.waiting >= t.waiting) out.waiting = text("floor.js.alarm.waiting", q.waiting);
  if (t.missing > 0 && q.missing >= t.missing) out.missing = text("floor.js.alarm.missing", q.missing);
  const share = q.last_30_min.three_rings;
  if (t.share > 0 && share !== null && q.last_30_min.decided >= LEAST_CALLS && share * 100 < t.share) out.share = text("floor.js.alarm.share", percent(share));
  return out;
}

export class Alarms {
  /**
   * @param {QueueSetup[]} setups
   * @param {HTMLElement} list where the words stand
   */
  constructor(setups, list) {
    this.setups = setups;
    this.list = list;
    /** What was acknowledged and has not ended since: "queue kind". @type {Set<string>} */
    this.seen = new Set();
    /** @type {AudioContext | undefined} */
    this.audio = undefined;
    this.sounded = -Infinity;
    this.sounds = 0;
    this.drawn = "";
  }

  /** Must be called from a click or a key press. @param {boolean} on */
  async sound(on) {
    if (!on) { await this.audio?.close(); this.audio = undefined; return; }
    this.audio ??= new AudioContext();
    await this.audio.resume();
    this.#beep(0.05);
  }

  /**
   * @param {import("./board.js").Board} board
   * @param {import("./board.js").Instant} at
   */
  paint(board, at) {
    /** @type {string[]} */
    const loud = [];
    /** @type {string[]} */
    const lines = [];
    const now = new Set();
    for (const setup of this.setups) {
      const q = at.model.queue(setup.name, at.now);
      const row = board.rows.get(setup.name);
      if (!q || !row) continue;
      const found = alarmsOf(q, setup.alarm);
      let unseen = false;
      for (const [kind, words] of Object.entries(found)) {
        const key = `${setup.name} ${kind}`;
        now.add(key);
        if (this.seen.has(key)) continue;
        unseen = true;
        loud.push(key);
        lines.push(`${setup.title}: ${words}`);
      }
      const state = unseen ? "loud" : Object.keys(found).length > 0 ? "seen" : "";
      if (row.root.dataset.alarm !== state) row.root.dataset.alarm = state;
      const words = Object.values(found).join(" · ");
      row.alarm.hidden = words === "";
      if (row.alarm.textContent !== words) row.alarm.textContent = row.alarm.title = words;
    }
    for (const key of this.seen) if (!now.has(key)) this.seen.delete(key);
    this.#announce(lines, loud);
    if (loud.length > 0 && performance.now() - this.sounded > REPEAT) this.#beep(0.25);
  }

  /** Somebody has seen what is loud now; it stays quiet until it has ended and comes again. */
  acknowledge() {
    for (const key of this.loud ?? []) this.seen.add(key);
  }

  /**
   * @param {string[]} lines
   * @param {string[]} loud
   */
  #announce(lines, loud) {
    this.loud = loud;
    const kinds = loud.join("\n");
    if (kinds === this.drawn) return;
    this.drawn = kinds;
    // The rows say what is wrong; up here it must stay readable from afar.
    const shown = lines.length > MOST_LINES ? [text("floor.js.alarms", lines.length), ...lines.slice(0, MOST_LINES - 1)] : lines;
    this.list.replaceChildren(...shown.map((l) => {
      const line = el("li", "", l);
      line.title = l;
      return line;
    }));
    this.list.dataset.count = String(lines.length);
  }

  /** @param {number} loudness */
  #beep(loudness) {
    if (!this.audio || this.audio.state !== "running") return;
    this.sounded = performance.now();
    this.sounds++;
    const from = this.audio.currentTime;
    for (const [i, tone] of [740, 988].entries()) {
      const gain = this.audio.createGain();
      const o = this.audio.createOscillator();
      o.frequency.value = tone;
      gain.gain.setValueAtTime(0.0001, from + i * 0.22);
      gain.gain.exponentialRampToValueAtTime(loudness, from + i * 0.22 + 0.03);
      gain.gain.exponentialRampToValueAtTime(0.0001, from + i * 0.22 + 0.2);
      o.connect(gain).connect(this.audio.destination);
      o.start(from + i * 0.22);
      o.stop(from + i * 0.22 + 0.21);
    }
  }
}
