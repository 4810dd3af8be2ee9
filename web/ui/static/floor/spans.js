// @ts-check
// What happened in spans of time: the same counting as hotline/queue does (numbers_window.go, numbers_trend.go), so that a
// wallboard fed with the same events says the same.

/**
 * @typedef {object} Tally counts of one span; durations in microseconds
 * @property {number} offered
 * @property {number} answered
 * @property {number} met
 * @property {number} abandoned
 * @property {number} short
 * @property {number} abandoned_in_time
 * @property {number} callbacks
 * @property {number} callback_in_time
 * @property {number} machine
 * @property {number} lost
 * @property {number} flow_out
 * @property {number} missed
 * @property {number} declined
 * @property {number} handled
 * @property {number} waited_us
 * @property {number} talked_us
 * @property {number} wrapped_us
 * @property {number} busy_us
 * @property {number} staffed_us
 * @property {number[]} by_ring abandons in ring 1, 2, …; the last counts all later ones
 *
 * @typedef {{at: number, tally: Partial<Tally>}} SpanOf
 * @typedef {(t: Tally) => void} Counting
 */

export const RINGS_COUNTED = 8;
const WINDOW_MINUTES = 30;
const TREND_SECONDS = 300;
const TREND_STEPS = 25;

/**
 * @param {Partial<Tally>} [from]
 * @returns {Tally}
 */
export function tally(from) {
  const t = {
    offered: 0, answered: 0, met: 0, abandoned: 0, short: 0, abandoned_in_time: 0, callbacks: 0, callback_in_time: 0, machine: 0,
    lost: 0, flow_out: 0, missed: 0, declined: 0, handled: 0, waited_us: 0, talked_us: 0, wrapped_us: 0, busy_us: 0, staffed_us: 0,
    ...from,
  };
  return { ...t, by_ring: from?.by_ring ? [...from.by_ring] : new Array(RINGS_COUNTED).fill(0) };
}

/**
 * @param {Tally} to
 * @param {Tally} from
 */
function add(to, from) {
  for (const key of /** @type {(keyof Tally)[]} */ (Object.keys(from))) {
    if (key === "by_ring") from.by_ring.forEach((n, i) => { to.by_ring[i] += n; });
    else to[key] += from[key];
  }
}

/** A ring of slots, each for one number of a growing series; what is older than a slot's number is not counted. */
class Slots {
  /**
   * @param {number} size
   * @param {SpanOf[]} [from]
   */
  constructor(size, from) {
    /** @type {({at: number, tally: Tally} | null)[]} */
    this.slots = new Array(size).fill(null);
    for (const s of from ?? []) this.slots[s.at % size] = { at: s.at, tally: tally(s.tally) };
  }

  /**
   * @param {number} at
   * @param {Counting} count
   */
  note(at, count) {
    let slot = this.slots[at % this.slots.length];
    if (!slot || at > slot.at) slot = this.slots[at % this.slots.length] = { at, tally: tally() };
    if (at === slot.at) count(slot.tally);
  }

  /** @param {number} now the slots that are still in the window as of now, in order */
  since(now) {
    /** @type {{at: number, tally: Tally}[]} */
    const kept = [];
    for (const s of this.slots) if (s && s.at > now - this.slots.length && s.at <= now) kept.push(s);
    return kept.sort((a, b) => a.at - b.at);
  }
}

/** Today and the last 30 minutes; for queues also the trend of two hours. */
export class Spans {
  /**
   * @param {(us: number) => number} dayOf gives the start of a day in Unix seconds
   * @param {{day?: number, today?: Partial<Tally>, minutes?: SpanOf[], trend?: SpanOf[]}} [from]
   */
  constructor(dayOf, from) {
    this.dayOf = dayOf;
    this.day = from?.day ?? 0;
    this.today = tally(from?.today);
    this.minutes = new Slots(WINDOW_MINUTES, from?.minutes);
    this.trend = new Slots(TREND_STEPS, from?.trend);
  }

  /**
   * Counts something at an instant.
   * @param {number} us
   * @param {Counting} count
   */
  note(us, count) {
    this.noteDay(this.dayOf(us), count);
    this.minutes.note(Math.floor(us / 60e6), count);
    this.trend.note(Math.floor(us / 1e6 / TREND_SECONDS), count);
  }

  /**
   * @param {number} day
   * @param {Counting} count
   */
  noteDay(day, count) {
    if (day > this.day) { this.day = day; this.today = tally(); }
    if (day === this.day) count(this.today);
  }

  /**
   * Counts a stretch of time, each part where it belongs.
   * @param {number} from
   * @param {number} to
   * @param {(t: Tally, part: number) => void} count
   */
  spread(from, to, count) {
    const day = this.dayOf(to);
    const part = to - Math.max(from, day * 1e6);
    if (part > 0) this.noteDay(day, (t) => count(t, part));
    for (let at = Math.max(from, windowStart(to)); at < to;) {
      const next = Math.min((Math.floor(at / 60e6) + 1) * 60e6, to);
      const piece = next - at;
      this.minutes.note(Math.floor(at / 60e6), (t) => count(t, piece));
      at = next;
    }
  }

  /**
   * @param {number} now
   * @returns {{today: Tally, last: Tally}}
   */
  read(now) {
    const last = tally();
    for (const s of this.minutes.since(Math.floor(now / 60e6))) add(last, s.tally);
    return { today: this.readToday(now), last };
  }

  /**
   * @param {number} now
   * @returns {Tally}
   */
  readToday(now) {
    return tally(this.day === this.dayOf(now) ? this.today : undefined);
  }

  /**
   * The steps of five minutes of the last two hours; those without anything are left out.
   * @param {number} now
   * @returns {{from: number, tally: Tally}[]} from in Unix seconds
   */
  trendAt(now) {
    return this.trend.since(Math.floor(now / 1e6 / TREND_SECONDS)).map((s) => ({ from: s.at * TREND_SECONDS, tally: s.tally }));
  }
}

/**
 * The first instant of the sliding window.
 * @param {number} now
 */
export function windowStart(now) {
  return (Math.floor(now / 60e6) - WINDOW_MINUTES + 1) * 60e6;
}
