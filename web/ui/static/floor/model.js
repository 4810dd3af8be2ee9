// @ts-check
// The wallboard's model: it starts from GET /api/v1/floor and counts on by the events of the stream, by the rules of
// hotline/queue (numbers_apply.go). A Go test feeds both with the same random days and compares.

import { micros } from "./time.js";
import { Spans, RINGS_COUNTED } from "./spans.js";
import { agentsNeeded, share, windowOf } from "./shares.js";

/**
 * @typedef {import("./spans.js").Tally} Tally
 * @typedef {{Rings: number, Waited: number, Met: boolean, Answered: boolean, Short: boolean, Rule: string}} Verdict Waited in ns
 * @typedef {{kind: string, at: string, call?: string, queue?: string, agent?: string, data?: Record<string, string>, verdict?: Verdict | null}} FloorEvent
 * @typedef {{queue: string, level: number, manager?: boolean}} Level
 * @typedef {{queue: string, rings: number, cycle_ms: number, handling_s: number, staff_target: number, day: number, today: Partial<Tally>, minutes: import("./spans.js").SpanOf[], trend: import("./spans.js").SpanOf[]}} QueueState
 * @typedef {{login: string, team?: string, manager?: boolean, queues: Level[], state: string, since?: string, reason?: string, call?: string, lacks?: string, last_queue?: string, day: number, today: Partial<Tally>}} AgentState
 * @typedef {{id: string, queue: string, did?: string, number?: string, name?: string, ring1: string, waiting?: boolean, decided?: boolean, agent?: string, since?: string, ringing?: string[], held?: boolean, hand_to?: string, case?: string, verdict?: Verdict | null}} CallState
 * @typedef {{now: string, first?: string, days: number[], queues: QueueState[], agents: AgentState[], calls: CallState[], names?: Record<string, string>, event?: string}} Floor
 *
 * @typedef {object} Call a call that is up
 * @property {string} id
 * @property {string} queue
 * @property {string} number masked
 * @property {string} name masked
 * @property {string} did
 * @property {number} ring1
 * @property {boolean} waiting
 * @property {boolean} decided
 * @property {string} agent who talks, "" when nobody does
 * @property {number} since they talk since
 * @property {string[]} ringing
 * @property {boolean} held
 * @property {string} handTo
 * @property {string} case
 * @property {Verdict | null} verdict
 *
 * @typedef {object} Agent
 * @property {string} login
 * @property {string} team
 * @property {boolean} manager
 * @property {Level[]} queues
 * @property {string} state "" until something was heard
 * @property {number} since
 * @property {string} reason
 * @property {string} call
 * @property {string} lacks switches where their phone is missing, while it is at another: "bj1 sh1"
 * @property {string} lastQueue
 * @property {Spans} spans
 *
 * @typedef {object} Queue
 * @property {string} name
 * @property {number} rings
 * @property {number} cycle one ring, in microseconds
 * @property {number} budget all rings, in microseconds
 * @property {number} handling seconds
 * @property {number} target
 * @property {Spans} spans
 */

const OBSERVED_LEAST = 5 * 60e6;
const OBSERVED_MOST = 30 * 60e6;

/** @param {string} state */
export function staffed(state) {
  return state !== "" && state !== "offline" && state !== "paused" && state !== "unreachable";
}

/**
 * @param {Agent} a
 * @param {Tally} t
 * @param {number} part
 */
function countState(a, t, part) {
  if (!staffed(a.state)) return;
  t.staffed_us += part;
  if (a.state === "talking" || a.state === "wrapup") t.busy_us += part;
  if (a.state === "wrapup") t.wrapped_us += part;
}

export class FloorModel {
  /** @param {Floor} f */
  constructor(f) {
    this.days = f.days;
    this.dayOf = this.dayOf.bind(this);
    this.first = f.first ? micros(f.first) : NaN;
    /** @type {Map<string, Queue>} in the order of the configuration */
    this.queues = new Map();
    for (const q of f.queues) {
      this.queues.set(q.queue, {
        name: q.queue, rings: q.rings, cycle: q.cycle_ms * 1000, budget: q.rings * q.cycle_ms * 1000, handling: q.handling_s,
        target: q.staff_target, spans: new Spans(this.dayOf, q),
      });
    }
    /** @type {Map<string, Agent>} */
    this.agents = new Map();
    for (const a of f.agents) {
      this.agents.set(a.login, {
        login: a.login, team: a.team ?? "", manager: a.manager ?? false, queues: a.queues, state: a.state, since: a.since ? micros(a.since) : 0,
        reason: a.reason ?? "", call: a.call ?? "", lacks: a.lacks ?? "", lastQueue: a.last_queue ?? "", spans: new Spans(this.dayOf, a),
      });
    }
    /** @type {Map<string, Call>} */
    this.calls = new Map();
    for (const c of f.calls) {
      this.calls.set(c.id, {
        id: c.id, queue: c.queue, number: c.number ?? "", name: c.name ?? "", did: c.did ?? "", ring1: micros(c.ring1), waiting: c.waiting ?? false,
        decided: c.decided ?? false, agent: c.agent ?? "", since: c.since ? micros(c.since) : 0, ringing: c.ringing ?? [], held: c.held ?? false,
        handTo: c.hand_to ?? "", case: c.case ?? "", verdict: c.verdict ?? null,
      });
    }
  }

  /**
   * When the day of an instant began, in Unix seconds.
   * @param {number} us
   */
  dayOf(us) {
    const seconds = us / 1e6;
    for (let i = this.days.length - 1; i >= 0; i--) if (this.days[i] <= seconds) return this.days[i];
    return this.days[0] - 86400;
  }

  /**
   * Counts one event.
   * @param {FloorEvent} e
   */
  apply(e) {
    const at = micros(e.at);
    if (!(at >= this.first)) this.first = at;
    if (e.kind === "presence") { this.#presence(e, at); return; }
    if (e.kind === "reach") { this.#agent(e.agent ?? "").lacks = e.data?.lacks ?? ""; return; }
    if (!e.call) return;
    let c = this.calls.get(e.call);
    if (!c) {
      if (e.kind !== "arrived" && e.kind !== "adopted") return;
      const ring1 = micros(e.data?.ring1);
      c = {
        id: e.call, queue: e.queue ?? "", number: e.data?.number ?? "", name: e.data?.name ?? "", did: e.data?.did ?? "", ring1: Number.isNaN(ring1) ? at : ring1,
        waiting: false, decided: false, agent: "", since: 0, ringing: [], held: false, handTo: "", case: "", verdict: null,
      };
      this.calls.set(e.call, c);
    }
    this.#show(c, e);
    this.#count(c, e, at);
  }

  /**
   * @param {Call} c
   * @param {FloorEvent} e
   */
  #show(c, e) {
    const agent = e.agent ?? "";
    const silent = () => { c.ringing = c.ringing.filter((login) => login !== agent); };
    if (e.verdict && !c.verdict) c.verdict = e.verdict;
    switch (e.kind) {
      case "offered": if (e.data?.why !== "monitor" && !c.ringing.includes(agent)) c.ringing = [...c.ringing, agent]; break;
      case "declined": case "missed": case "unreached": case "lost": silent(); break;
      case "answered": case "handtaken": silent(); c.held = false; c.handTo = ""; break;
      case "expert": if (e.data?.state !== "asked") silent(); break;
      case "reopened": silent(); c.held = false; break;
      case "held": c.held = true; break;
      case "resumed": c.held = false; break;
      case "handover": c.handTo = e.data?.to ?? ""; break;
      case "handback": c.handTo = ""; break;
      case "owned": c.case = e.data?.case ?? ""; break;
    }
  }

  /**
   * @param {Call} c
   * @param {FloorEvent} e
   * @param {number} at
   */
  #count(c, e, at) {
    const agent = e.agent ?? "";
    switch (e.kind) {
      case "queued":
        c.queue = e.queue ?? ""; c.waiting = true;
        if (!c.decided) this.#inQueue(c.queue, at, (t) => { t.offered++; });
        break;
      case "overflow":
        if (e.data?.do === "queue" && c.waiting) this.#inQueue(c.queue, at, (t) => { t.flow_out++; });
        break;
      case "offered":
        if (e.data?.why !== "monitor") this.#agent(agent).spans.note(at, (t) => { t.offered++; }); // a manager has asked for it
        break;
      case "missed": this.#agent(agent).spans.note(at, (t) => { t.missed++; }); break;
      case "declined": this.#agent(agent).spans.note(at, (t) => { t.declined++; }); break;
      case "answered":
        if (e.verdict) this.#answered(c, e.verdict, at);
        this.#talkBegins(c, agent, at);
        break;
      case "handtaken": this.#talkOver(c, at); this.#talkBegins(c, agent, at); break;
      case "reopened": this.#talkOver(c, at); c.waiting = true; break;
      case "abandoned": if (e.verdict) this.#abandoned(c, e.verdict, at); break;
      case "machine": this.#decide(c, at, (t) => { t.machine++; }); break;
      case "callback": {
        this.#decide(c, at, (t) => { t.machine++; });
        const inTime = at - c.ring1 < this.#budget(c.queue);
        this.#inQueue(c.queue, at, (t) => { t.callbacks++; if (inTime) t.callback_in_time++; });
        break;
      }
      case "adopted": this.#adopted(c, e, at); break;
      case "ended":
        this.#talkOver(c, at);
        this.#decide(c, at, (t) => { t.lost++; });
        this.calls.delete(c.id);
    }
  }

  /** @param {string} login */
  #agent(login) {
    let a = this.agents.get(login);
    if (!a) {
      a = { login, team: "", manager: false, queues: [], state: "", since: 0, reason: "", call: "", lacks: "", lastQueue: "", spans: new Spans(this.dayOf) };
      this.agents.set(login, a);
    }
    return a;
  }

  /** @param {string} queue */
  #budget(queue) {
    return this.queues.get(queue)?.budget ?? 0;
  }

  /**
   * @param {string} queue
   * @param {number} at
   * @param {import("./spans.js").Counting} count
   */
  #inQueue(queue, at, count) {
    this.queues.get(queue)?.spans.note(at, count);
  }

  /**
   * Counts the one outcome of a call.
   * @param {Call} c
   * @param {number} at
   * @param {import("./spans.js").Counting} count
   */
  #decide(c, at, count) {
    c.waiting = false;
    if (c.decided) return;
    c.decided = true;
    this.#inQueue(c.queue, at, count);
  }

  /**
   * @param {Call} c
   * @param {Verdict} v
   * @param {number} at
   */
  #answered(c, v, at) {
    this.#decide(c, at, (t) => { t.answered++; t.waited_us += v.Waited / 1000; if (v.Met) t.met++; });
  }

  /**
   * @param {Call} c
   * @param {Verdict} v
   * @param {number} at
   */
  #abandoned(c, v, at) {
    const inTime = v.Waited / 1000 < this.#budget(c.queue);
    this.#decide(c, at, (t) => {
      t.abandoned++;
      t.by_ring[Math.min(Math.max(v.Rings, 1), RINGS_COUNTED) - 1]++;
      if (v.Short) t.short++;
      if (inTime) t.abandoned_in_time++;
    });
  }

  /**
   * @param {Call} c
   * @param {FloorEvent} e
   * @param {number} at
   */
  #adopted(c, e, at) {
    c.queue ||= e.queue ?? "";
    if (e.verdict) this.#answered(c, e.verdict, at);
    if (e.data?.state !== "talking") { c.waiting = true; return; }
    c.decided = true; c.waiting = false;
    if (!c.agent) this.#talkBegins(c, e.agent ?? "", at);
  }

  /**
   * @param {Call} c
   * @param {string} agent
   * @param {number} at
   */
  #talkBegins(c, agent, at) {
    c.waiting = false; c.agent = agent; c.since = at;
    const a = this.#agent(agent);
    a.spans.note(at, (t) => { t.answered++; });
    a.lastQueue = c.queue;
  }

  /**
   * @param {Call} c
   * @param {number} at
   */
  #talkOver(c, at) {
    if (!c.agent) return;
    const talked = Math.max(at - c.since, 0);
    const book = (/** @type {Tally} */ t) => { t.talked_us += talked; t.handled++; };
    this.#inQueue(c.queue, at, book);
    this.#agent(c.agent).spans.note(at, book);
    c.agent = "";
  }

  /**
   * @param {FloorEvent} e
   * @param {number} at
   */
  #presence(e, at) {
    const a = this.#agent(e.agent ?? "");
    if (a.state !== "" && at > a.since) {
      a.spans.spread(a.since, at, (t, part) => countState(a, t, part));
      if (a.state === "wrapup") this.queues.get(a.lastQueue)?.spans.spread(a.since, at, (t, part) => { t.wrapped_us += part; });
    }
    a.state = e.data?.to ?? ""; a.since = at; a.reason = e.data?.reason ?? ""; a.call = e.data?.call ?? "";
  }

  /**
   * One queue's live numbers as of now; undefined for an unknown one.
   * @param {string} name
   * @param {number} now
   */
  queue(name, now) {
    const q = this.queues.get(name);
    if (!q) return undefined;
    const { today, last } = q.spans.read(now);
    /** @type {Call[]} */
    const waiting = [];
    let talking = 0;
    for (const c of this.calls.values()) {
      if (c.queue !== name) continue;
      if (c.agent) talking++;
      else if (c.waiting) waiting.push(c);
    }
    waiting.sort((a, b) => a.ring1 - b.ring1 || (a.id < b.id ? -1 : 1));
    const longest = waiting.length > 0 ? Math.max(0, now - waiting[0].ring1) : 0;
    let staff = 0;
    /** @type {Record<string, number>} */
    const states = {};
    /** @type {Agent[]} */
    const team = [];
    let busy = 0, time = 0;
    for (const a of this.agents.values()) {
      const level = a.queues.find((l) => l.queue === name);
      if (!level) continue;
      team.push(a);
      const state = a.state || "offline";
      states[state] = (states[state] ?? 0) + 1;
      if (staffed(a.state) && !a.manager && !level.manager) staff++;
      const t = this.agentToday(a, now);
      busy += t.busy_us; time += t.staffed_us;
    }
    const handling = last.handled > 0 ? (last.talked_us + last.wrapped_us) / 1e6 / last.handled : q.handling;
    const observed = Number.isNaN(this.first) ? 0 : Math.min(Math.max(now - this.first, OBSERVED_LEAST), OBSERVED_MOST) / 1e6;
    const load = observed > 0 ? last.offered / observed * handling : 0;
    const needed = agentsNeeded(load, handling, q.budget / 1e6, q.target);
    return {
      queue: name, waiting: waiting.length, talking, longest_wait_s: longest / 1e6, longest_ring: waiting.length > 0 ? Math.floor(longest / q.cycle) + 1 : 0,
      agents: states, load_erlang: load, staffed: staff, needed, missing: Math.max(needed - staff, 0),
      today: { ...windowOf(today), occupancy: share(busy, time) }, last_30_min: windowOf(last),
      rule: q, calls: waiting, team, trend: q.spans.trendAt(now),
    };
  }

  /**
   * What an agent did today, the state that lasts counted up to now.
   * @param {Agent} a
   * @param {number} now
   */
  agentToday(a, now) {
    const today = a.spans.readToday(now);
    // A state that began before the day or before anybody counted reaches back no further than the day.
    if (a.since < now) countState(a, today, now - Math.max(a.since, this.dayOf(now) * 1e6));
    return today;
  }
}
