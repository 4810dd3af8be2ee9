// @ts-check
/** @typedef {import("./types.js").Visit} Visit */
/** @typedef {import("./types.js").Step} Step */
/** @typedef {import("./types.js").Need} Need */
/** @typedef {import("./types.js").Action} Action */

/** Not settled by the server yet, but done here. */
export const pending = "pending";
const settled = ["done", "waived", "overridden", "carried", pending];

/** @param {Step} s */
export const isSettled = (s) => settled.includes(s.state);

/**
 * A visit as it will be when what waits has been sent. The server decides; this is for the eye, and so that nobody skips a step here.
 * @param {Visit} visit @param {Action[]} outbox @returns {Visit}
 */
export function effective(visit, outbox) {
  /** @type {Visit} */
  const v = structuredClone(visit);
  for (const a of outbox) {
    if (a.order !== v.id || a.trouble) continue;
    const step = v.steps.find((s) => s.code === a.body.step);
    const need = step?.needs.find((n) => n.code === a.body.need);
    if (a.kind === "evidence" || (a.kind === "copy" && a.body.body?.how !== "link")) {
      if (need) need.have++;
      v.evidence.push({
        step: a.body.step, need: a.body.need ?? "", kind: a.body.kind ?? "fact", via: a.body.via ?? "desk", body: a.body.body, at: a.device_at,
        device_at: a.device_at, client: a.client, pending: true,
      });
    } else if (a.kind === "complete" && step) {
      step.state = pending;
    } else if (a.kind === "sheet") {
      for (const n of v.steps.flatMap((s) => s.needs)) if (n.document === "work_order") n.have++;
    } else if (a.kind === "finish" || a.kind === "next") {
      v.state = pending;
    }
  }
  for (const s of v.steps) {
    if (!isSettled(s)) s.state = before(v, s).length ? "locked" : "ready";
  }
  return v;
}

/** The predecessors that are not settled; an optional one that is left out is stood for by what comes before it. @param {Visit} v @param {Step} s @returns {Step[]} */
export function before(v, s) {
  return s.after.flatMap((code) => {
    const p = v.steps.find((x) => x.code === code);
    if (!p || isSettled(p)) return [];
    return p.optional ? before(v, p) : [p];
  });
}

/** @param {Step} s */
export const lacking = (s) => s.needs.filter((n) => !n.optional && n.have < n.min);

/** The step to be done now. @param {Visit} v */
export const current = (v) => v.steps.find((s) => s.state === "ready" && !s.optional);

/** The last piece for a need. @param {Visit} v @param {string} step @param {string} need */
export const last = (v, step, need) => v.evidence.findLast((e) => e.step === step && e.need === need);
