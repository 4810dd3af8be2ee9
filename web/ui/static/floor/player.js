// @ts-check
// A model at any instant of a recorded day. Going on counts the events between; going back counts the day again, which takes a blink.

import { FloorModel } from "./model.js";
import { micros } from "./time.js";

/**
 * @typedef {import("./model.js").FloorEvent} FloorEvent
 * @typedef {{at: number, kind: "late" | "abandoned", call: string, queue: string}} Missed
 */

const MIDNIGHT_KEPT = 9;

export class Player {
  /**
   * @param {import("./recording.js").Recording} recording
   * @param {string[]} queues shown, in their order
   */
  constructor(recording, queues) {
    this.events = recording.events;
    this.times = recording.events.map((e) => micros(e.at));
    this.from = micros(recording.from);
    const end = micros(recording.to);
    const lastEvent = this.times[this.times.length - 1] ?? this.from;
    this.to = Math.min(end, lastEvent + 60e6);
    this.first = Math.max(this.from, (this.times[0] ?? this.from) - 1e6);
    const day = Math.floor(this.from / 1e6);
    const order = recording.floor.queues.filter((q) => queues.length === 0 || queues.includes(q.queue));
    /** An empty day: today's rules and staff, nothing counted. @type {import("./model.js").Floor} */
    this.empty = {
      now: recording.from, days: Array.from({ length: MIDNIGHT_KEPT }, (_, i) => (i === 1 ? day : i === 0 ? day - 86400 : Math.floor(end / 1e6) + (i - 2) * 86400)),
      queues: order.map((q) => ({ ...q, day: 0, today: {}, minutes: [], trend: [] })),
      agents: recording.floor.agents.map((a) => ({ ...a, state: "", since: undefined, reason: "", call: "", last_queue: "", day: 0, today: {} })), calls: [],
    };
    this.before = recording.before;
    this.names = recording.floor.names ?? {};
    this.now = this.from;
    this.at = 0;
    this.model = this.#begin();
    this.missed = this.#missed();
  }

  #begin() {
    const m = new FloorModel(this.empty);
    for (const e of this.before) m.apply(e);
    m.first = NaN; // what was before the day is only where the agents stood
    return m;
  }

  /**
   * Goes to an instant, forwards or back.
   * @param {number} us
   */
  seek(us) {
    const to = Math.min(Math.max(us, this.from), this.to);
    if (to < this.now) { this.model = this.#begin(); this.at = 0; }
    this.now = to;
    while (this.at < this.events.length && this.times[this.at] <= to) this.model.apply(this.events[this.at++]);
  }

  /** Every verdict of the day that did not keep the promise; short abandons are none of ours. */
  #missed() {
    /** @type {Missed[]} */
    const out = [];
    this.events.forEach((e, i) => {
      const v = e.verdict;
      if (!v || v.Met || (!v.Answered && v.Short)) return;
      out.push({ at: this.times[i], kind: v.Answered ? "late" : "abandoned", call: e.call ?? "", queue: e.queue ?? "" });
    });
    return out;
  }
}
