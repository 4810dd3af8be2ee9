// @ts-check
// Two models of one instant, compared: how a wallboard finds out that it has drifted.

/** @typedef {import("./model.js").FloorModel} FloorModel */
/** @typedef {import("./spans.js").Tally} Tally */

/**
 * What differs between two models of the same instant, in words for a log. Who serves which queue may differ: the hotline's staff
 * changes without an event.
 * @param {FloorModel} mine
 * @param {FloorModel} theirs
 * @param {number} now
 */
export function drift(mine, theirs, now) {
  const [a, b] = [fingerprint(mine, now), fingerprint(theirs, now)];
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].filter((k) => a[k] !== b[k] && !k.startsWith("profile ")).map((k) => `${k}: ${a[k] ?? "none"} ≠ ${b[k] ?? "none"}`);
}

/**
 * The plain state of a model: whole numbers only, durations left out.
 * @param {FloorModel} model
 * @param {number} now
 */
export function fingerprint(model, now) {
  /** @type {Record<string, unknown>} */
  const out = {};
  const whole = (/** @type {Tally} */ t) => Object.entries(t).filter(([k]) => !k.endsWith("_us")).map(([, v]) => String(v)).join(" ");
  for (const q of model.queues.values()) {
    const { today, last } = q.spans.read(now);
    out[`queue ${q.name}`] = `${whole(today)} | ${whole(last)} | ${q.spans.trendAt(now).map((s) => `${s.from}:${whole(s.tally)}`).join(",")}`;
  }
  for (const a of model.agents.values()) {
    if (a.state === "") continue;
    out[`agent ${a.login}`] = `${a.state} ${a.since} ${a.lastQueue} ${a.lacks}`;
    out[`profile ${a.login}`] = a.queues.map((l) => `${l.queue}${l.level}`).join(",");
  }
  for (const c of model.calls.values()) {
    out[`call ${c.id}`] = `${c.queue} ${c.ring1} ${c.waiting} ${c.decided} ${c.agent} ${c.ringing.join(",")} ${c.held} ${c.handTo} ${c.case}`;
  }
  return out;
}
