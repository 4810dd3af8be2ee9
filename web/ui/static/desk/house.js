// @ts-check
// What the desk knows of the house around it: names, who waits, hand-overs, the operator's lists. Read now and then; the stream keeps
// the rest in between.

import { get } from "./api.js";
import { counted, follow, summary } from "./waiting.js";

/** @typedef {{codes: string[], names: Record<string, string>}} Reasons codes, and the operator's own words for them */

export class House {
  /** @param {import("./people.js").People} people @param {string} me login */
  constructor(people, me) {
    this.people = people;
    this.me = me;
    /** @type {import("./waiting.js").WaitingCalls} */
    this.waiting = new Map();
    this.events = 0;
  }

  /** @param {string[]} queues */
  waitingIn(queues) {
    return summary(this.waiting, queues);
  }

  /** @param {string} kind @param {any} data @param {number} cycle milliseconds of a ring @returns {boolean} something changed */
  follow(kind, data, cycle) {
    const next = follow(this.waiting, kind, data, cycle);
    if (next === this.waiting) return false;
    this.waiting = next;
    this.events++;
    return true;
  }

  /**
   * Reads everything anew; a page that nobody looks at asks only once.
   * @returns {Promise<number|null>} hand-overs offered to this agent, null when they were not read
   */
  async read() {
    if (document.hidden && this.people.agents.size > 0) return null;
    const heard = this.events;
    const [, , calls, hands] = await Promise.allSettled([this.people.readAgents(), this.people.readQueues(), get("/calls?live=true"), get("/handovers")]);
    // What the stream told meanwhile is newer than the answer.
    if (calls.status === "fulfilled" && heard === this.events) this.waiting = counted(calls.value?.items ?? []);
    if (hands.status !== "fulfilled") return null;
    return (hands.value?.items ?? []).filter((/** @type {any} */ h) => h.from !== this.me).length;
  }
}

/** Reasons to pause and to decline, as the operator lists them. @returns {Promise<{pause: Reasons|null, decline: Reasons|null}>} */
export async function readReasons() {
  const me = await get("/me").catch(() => null);
  const zh = document.documentElement.lang.startsWith("zh");
  return { pause: me?.pause_reasons ? listed(me.pause_reasons, zh) : null, decline: me?.decline_reasons ? listed(me.decline_reasons, zh) : null };
}

/**
 * Codes alone, or codes with their words in both languages.
 * @param {any[]} reasons
 * @param {boolean} zh
 * @returns {Reasons}
 */
export function listed(reasons, zh) {
  /** @type {Record<string, string>} */
  const names = {};
  const codes = reasons.map((r) => {
    if (typeof r === "string") return r;
    const name = zh ? r.zh : r.en;
    if (name) names[r.code] = name;
    return /** @type {string} */ (r.code);
  });
  return { codes, names };
}
