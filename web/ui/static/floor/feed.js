// @ts-check
// Keeps a model in step with the hotline: a snapshot, then every event after it. Every 30 s it takes another snapshot, brings it to
// the same instant by the same events, and compares: a model that drifted is replaced, and the difference is logged.

import { openStream } from "../stream.js";
import { now, offset } from "../clock.js";
import { drift } from "./drift.js";
import { FloorModel } from "./model.js";

/**
 * @typedef {import("./model.js").Floor} Floor
 * @typedef {import("./model.js").FloorEvent} FloorEvent
 * @typedef {object} FeedOptions
 * @property {(floor: Floor) => void} [onSnapshot] a new snapshot was taken: names and who serves which queue may have changed
 * @property {(e: FloorEvent) => void} [onEvent] an event that the model has counted
 * @property {(kind: string, data: any) => void} [onOther] what is no event of queues: notices
 * @property {() => void} [onChange] the model or its freshness has changed: paint soon
 * @property {number} [checkEvery] ms between two self-checks; 30 s
 */

const CHECK_EVERY = 30_000;
const SILENCE = 25_000;
const STAFF_AFTER = 1500; // the hotline looks at its users once a second
const NO_EVENTS = new Set(["hello", "reset", "bye", "notice", "escalation", "replaced"]);

/** @param {string} id an event's id: "epoch-n" */
function place(id) {
  const cut = id.lastIndexOf("-");
  return { epoch: id.slice(0, cut), n: Number(id.slice(cut + 1)) };
}

export class Feed {
  /** @param {FeedOptions} o */
  constructor(o) {
    this.o = o;
    /** @type {FloorModel | undefined} */
    this.model = undefined;
    /** @type {Record<string, string>} */
    this.names = {};
    this.drifts = 0;
    this.events = 0;
    /** Server time in ms since when nothing was heard; 0 while live. */
    this.staleSince = 0;
    this.at = place("-0");
    this.loading = false;
    /** @type {{id: string, e: FloorEvent}[]} events since the last snapshot was asked for */
    this.recent = [];
    this.keeping = 0;
    /** @type {ReturnType<typeof openStream> | undefined} */
    this.stream = undefined;
    this.timer = 0;
  }

  /** Loads the first snapshot and follows the stream from there. It tries until it succeeds. */
  async start() {
    for (let wait = 500; ; wait = Math.min(wait * 2, 15_000)) {
      try { this.#adopt(await this.#fetch(), []); break; } catch (err) {
        if (!this.staleSince) this.staleSince = now();
        this.o.onChange?.();
        console.warn("the floor cannot be read now:", err);
        await new Promise((resolve) => { setTimeout(resolve, wait); });
      }
    }
    this.staleSince = 0;
    this.stream = openStream({
      floor: true, after: `${this.at.epoch}-${this.at.n}`,
      onEvent: (kind, data, id) => this.#heard(kind, data, id),
      onStale: (since) => { this.staleSince = since.getTime() + offset(); this.o.onChange?.(); },
      onLive: () => { this.staleSince = 0; this.o.onChange?.(); },
    });
    this.timer = window.setInterval(() => void this.check(), this.o.checkEvery ?? CHECK_EVERY);
    this.o.onChange?.();
  }

  stop() {
    clearInterval(this.timer);
    this.stream?.close();
  }

  /**
   * Since when nothing was heard (server time in ms), 0 while live. A browser that slept tells at once, not when its timers run.
   * @returns {number}
   */
  silentSince() {
    if (this.staleSince) return this.staleSince;
    const heard = this.stream?.heard() ?? Date.now();
    return Date.now() - heard > SILENCE ? heard + offset() : 0;
  }

  async #fetch() {
    const answer = await fetch("/api/v1/floor", { cache: "no-store" });
    if (answer.status === 401) location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
    if (!answer.ok) throw new Error(`the floor answered ${answer.status}`);
    return /** @type {Floor} */ (await answer.json());
  }

  /**
   * @param {Floor} floor
   * @param {{id: string, e: FloorEvent}[]} events
   */
  #adopt(floor, events) {
    const model = new FloorModel(floor);
    let at = place(floor.event ?? "-0");
    for (const { id, e } of events) {
      const its = place(id);
      if (its.epoch !== at.epoch || its.n <= at.n) continue;
      model.apply(e);
      at = its;
    }
    this.model = model;
    this.names = floor.names ?? {};
    if (at.epoch !== this.at.epoch || at.n > this.at.n) this.at = at;
    this.o.onSnapshot?.(floor);
    this.o.onChange?.();
  }

  /**
   * @param {string} kind
   * @param {any} data
   * @param {string} id
   */
  #heard(kind, data, id) {
    if (kind === "reset") { void this.#reload(); return; }
    if (NO_EVENTS.has(kind)) { this.o.onOther?.(kind, data); return; }
    if (this.keeping > 0) this.recent.push({ id, e: data });
    const its = place(id);
    if (this.loading || !this.model || its.epoch !== this.at.epoch || its.n <= this.at.n) return;
    this.at = its;
    this.model.apply(data);
    this.events++;
    if (kind === "skills") setTimeout(() => void this.check(), STAFF_AFTER);
    this.o.onEvent?.(data);
    this.o.onChange?.();
  }

  /** What was missed cannot be told: everything is loaded anew. */
  async #reload() {
    this.loading = true;
    const done = this.#keep();
    try {
      const floor = await this.#fetch();
      this.at = place(floor.event ?? "-0");
      this.loading = false;
      this.#adopt(floor, this.recent);
    } catch (err) {
      console.warn("the floor cannot be read now:", err);
      setTimeout(() => void this.#reload(), 2000);
    } finally { done(); }
  }

  /** Keeps events until the function that it gives is called. */
  #keep() {
    if (this.keeping++ === 0) this.recent = [];
    return () => { if (--this.keeping === 0) this.recent = []; };
  }

  /** Compares the model with a snapshot of the same instant. Gives the names of what differs. */
  async check() {
    if (this.loading || this.staleSince || !this.model) return [];
    const done = this.#keep();
    try {
      const floor = await this.#fetch();
      const then = place(floor.event ?? "-0");
      if (!(await this.#reached(then)) || this.loading) return [];
      const old = this.model;
      this.#adopt(floor, this.recent);
      const found = drift(old, this.model, Math.max(now(), Date.parse(floor.now)) * 1000);
      if (found.length > 0) {
        this.drifts++;
        console.warn(`the wallboard had drifted from the hotline in ${found.length} places:`, found.slice(0, 5).join("; "));
      }
      return found;
    } catch (err) {
      console.warn("the floor cannot be compared now:", err);
      return [];
    } finally { done(); }
  }

  /**
   * Waits until the stream has come to a place. Events that are not for a wallboard have ids, too: the server's next beat says that
   * they are passed.
   * @param {{epoch: string, n: number}} then
   */
  async #reached(then) {
    for (let tries = 0; tries < 120; tries++) {
      const last = place(this.stream?.last() ?? "-0");
      if (last.epoch !== then.epoch) return false;
      if (last.n >= then.n || this.at.n >= then.n) return true;
      await new Promise((resolve) => { setTimeout(resolve, 100); });
    }
    return false;
  }
}
