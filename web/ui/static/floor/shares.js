// @ts-check
// Shares and staffing out of counts, as hotline/queue computes them (numbers_views.go, erlang.go).

/** @typedef {import("./spans.js").Tally} Tally */

/**
 * @typedef {object} Window
 * @property {number} offered
 * @property {number} decided
 * @property {number} answered
 * @property {number} met
 * @property {number} abandoned
 * @property {number} short
 * @property {number} machine
 * @property {number} callbacks
 * @property {number} lost
 * @property {number} flow_out
 * @property {number[]} abandoned_by_ring
 * @property {number | null} three_rings
 * @property {number | null} three_rings_no_short
 * @property {number | null} app_queue_sl
 * @property {number | null} app_queue_sl2
 * @property {number | null} connect_sl
 * @property {number | null} genesys_sl
 * @property {number} asa_s
 * @property {number} aht_s
 */

/**
 * @param {number} part
 * @param {number} whole
 */
export function share(part, whole) {
  return whole > 0 ? part / whole : null;
}

/**
 * @param {Tally} c
 * @returns {Window}
 */
export function windowOf(c) {
  const decided = c.answered + c.abandoned + c.machine + c.lost;
  return {
    offered: c.offered, decided, answered: c.answered, met: c.met, abandoned: c.abandoned, short: c.short, machine: c.machine,
    callbacks: c.callbacks, lost: c.lost, flow_out: c.flow_out, abandoned_by_ring: c.by_ring,
    three_rings: share(c.met, decided),
    three_rings_no_short: share(c.met, decided - c.short),
    app_queue_sl: share(c.met, c.answered),
    app_queue_sl2: share(c.met + c.abandoned_in_time, c.answered + c.abandoned),
    connect_sl: share(c.met + c.abandoned_in_time + c.callback_in_time, c.answered + c.abandoned + c.callbacks),
    genesys_sl: share(c.met, c.answered + c.abandoned - c.short),
    asa_s: c.answered > 0 ? c.waited_us / 1e6 / c.answered : 0,
    aht_s: c.handled > 0 ? (c.talked_us + c.wrapped_us) / 1e6 / c.handled : 0,
  };
}

/**
 * The smallest number of agents for which P(wait ≤ limit) ≥ target (Erlang C; durations in seconds).
 * @param {number} load in erlangs
 * @param {number} handling
 * @param {number} limit
 * @param {number} target
 */
export function agentsNeeded(load, handling, limit, target) {
  if (load <= 0 || handling <= 0) return 0;
  let inverse = 1;
  for (let n = 1; ; n++) {
    inverse = 1 + inverse * n / load;
    if (n <= load) continue;
    const b = 1 / inverse;
    const waits = b / (1 - load / n * (1 - b));
    if (1 - waits * Math.exp(-(n - load) * limit / handling) >= target) return n;
  }
}
