// @ts-check
// Names of colleagues and queues. The stream tells logins and names of queues; people read names.

import { get } from "./api.js";

/** @typedef {import("./types.js").View} View */
/** @typedef {{queue: string, title?: {zh: string, en: string}, waiting: number, longest_wait_s: number, longest_ring: number}} QueueView */

export class People {
  constructor() {
    /** @type {Map<string, View>} */
    this.agents = new Map();
    /** @type {QueueView[]} */
    this.queues = [];
  }

  /** Reads colleagues anew. */
  async readAgents() {
    const list = await get("/agents");
    this.agents = new Map((list?.items ?? []).map((/** @type {View} */ v) => [v.login, v]));
  }

  /** Learns the name of somebody hired since the page was opened; tells whether it had to. @param {string} login */
  async meet(login) {
    if (!login || this.agents.has(login)) return false;
    await this.readAgents();
    return true;
  }

  /** Reads the queues' numbers anew. */
  async readQueues() {
    this.queues = (await get("/queues"))?.items ?? [];
  }

  /** @param {string} login */
  name = (login) => this.agents.get(login)?.name || login;

  /** @param {string} queue */
  title = (queue) => {
    const t = this.queues.find((q) => q.queue === queue)?.title;
    return (document.documentElement.lang.startsWith("zh") ? t?.zh : t?.en) || queue;
  };
}
