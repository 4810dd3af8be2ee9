// @ts-check
// Who waits in this agent's queues, kept from the stream, so that two hundred desks do not ask the server at every event.

/** @typedef {{call: string, queue: string, ring1: string, cycle_ms: number}} Waiting */
/** @typedef {ReadonlyMap<string, Waiting>} WaitingCalls */

const over = new Set(["answered", "abandoned", "ended", "callback", "refused"]);

/**
 * @param {WaitingCalls} calls
 * @param {string} kind of the event
 * @param {any} e
 * @param {number} cycle milliseconds of one ring, where the event does not say
 * @returns {WaitingCalls} the same map when nothing changed
 */
export function follow(calls, kind, e, cycle) {
  if (!e?.call) return calls;
  if (kind === "queued" || kind === "kept") {
    const known = calls.get(e.call);
    const next = new Map(calls);
    next.set(e.call, { call: e.call, queue: e.queue ?? known?.queue ?? "", ring1: known?.ring1 ?? e.at, cycle_ms: known?.cycle_ms ?? cycle });
    return next;
  }
  if (!over.has(kind) || !calls.has(e.call)) return calls;
  const next = new Map(calls);
  next.delete(e.call);
  return next;
}

/**
 * What the list of live calls says stands above what was followed.
 * @param {{live?: {id: string, queue: string, state: string, ring1: string, cycle_ms: number}}[]} items GET /api/v1/calls?live=true
 * @returns {WaitingCalls}
 */
export function counted(items) {
  return new Map(items.flatMap((i) => {
    const l = i.live;
    return l && ["arriving", "waiting", "announcing"].includes(l.state) ? [[l.id, { call: l.id, queue: l.queue, ring1: l.ring1, cycle_ms: l.cycle_ms }]] : [];
  }));
}

/**
 * How many wait in these queues, and who waits longest.
 * @param {WaitingCalls} calls
 * @param {string[]} queues
 * @returns {{count: number, longest: Waiting|null}}
 */
export function summary(calls, queues) {
  const mine = [...calls.values()].filter((w) => queues.includes(w.queue));
  const longest = mine.reduce((/** @type {Waiting|null} */ a, b) => (a && Date.parse(a.ring1) <= Date.parse(b.ring1) ? a : b), null);
  return { count: mine.length, longest };
}
