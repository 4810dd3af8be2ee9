// @ts-check
// What the desk shows is what the stream said, folded in order. Nothing here guesses: no presence is changed before the server said
// so, and whatever is replayed after a cut leads to the same picture.

/** @typedef {import("./types.js").Model} Model */
/** @typedef {import("./types.js").Push} Push */
/** @typedef {import("./types.js").View} View */
/** @typedef {import("./types.js").Pop} Pop */
/** @typedef {import("./types.js").Call} Call */

/** @returns {Model} */
export function empty() {
  return { stream: { state: "connecting", since: 0, why: "" }, view: null, pop: null, call: null, notice: null };
}

/**
 * Pushes of the desk carry their id in the document; events of queues do not. Kinds like "owned" exist as both.
 * @param {any} data
 * @returns {data is Push}
 */
export function isPush(data) {
  return typeof data?.id === "string" && typeof data?.kind === "string";
}

/**
 * Folds one event in. now is the server's time in milliseconds.
 * @param {Model} m
 * @param {string} kind
 * @param {any} data
 * @param {number} now
 * @returns {Model}
 */
export function reduce(m, kind, data, now) {
  if (!isPush(data)) return heard(m, kind, data, now);
  const id = data.call ?? "";
  const d = data.data ?? {};
  switch (kind) {
    case "state":
      return moved(m, d);
    case "pop":
      return popped(m, { ...d, id: data.id, at: data.at, call: id || d.call });
    case "card":
      if (m.pop?.call === id) return { ...m, pop: { ...m.pop, card: d.card } };
      if (m.call?.call === id) return { ...m, call: { ...m.call, card: d.card } };
      return m;
    case "withdrawn":
      if (m.pop?.call !== id) return m;
      return { ...m, pop: null, notice: { outcome: d.outcome ?? "", who: d.winner ?? "", ring: d.ring ?? 0, at: now } };
    case "talk":
      return { ...m, pop: null, notice: null, call: { ...begun(m, id), since: d.at, queue: d.queue || begun(m, id).queue, as: d.as ?? "", offered: null, over: null } };
    case "owned":
      if (m.call?.call !== id) return { ...m, call: m.call ?? { ...begun(m, id), caseNumber: d.number, owner: d.owner } };
      return { ...m, call: { ...m.call, caseNumber: d.number, owner: d.owner } };
    case "over":
      if (m.call?.call !== id) return m;
      return { ...m, call: { ...m.call, held: false, hand: "", expert: "", expertIn: false, monitored: null, over: d } };
    case "monitored":
      if (!m.call || (id && m.call.call !== id)) return m;
      return { ...m, call: { ...m.call, monitored: d.mode ? { by: d.by ?? "", name: d.name ?? "", mode: d.mode } : null } };
    case "expert":
      return m.call?.call === id ? withExpert(m, d.agent ?? "", d.state ?? "", now) : m;
    case "handover":
      return m.call?.call === id ? { ...m, call: { ...m.call, offered: { by: d.by ?? "", name: d.name ?? "", until: d.until ?? "" } } } : m;
    case "replaced":
      return { ...m, stream: { state: "ended", since: now, why: "desk-replaced" } };
  }
  return m;
}

/** An expert was asked, came, or went. @param {Model} m @param {string} expert login @param {string} state @param {number} now @returns {Model} */
function withExpert(m, expert, state, now) {
  const c = m.call;
  if (!c || c.as !== "") return m;
  if (state === "asked" || state === "in") return { ...m, call: { ...c, expert, expertIn: state === "in" } };
  if (c.expert !== expert) return m;
  const notice = state === "missed" ? { outcome: "expert-missed", who: expert, ring: 0, at: now } : state === "left" ? { outcome: "expert-left", who: expert, ring: 0, at: now } : m.notice;
  return { ...m, notice, call: { ...c, expert: "", expertIn: false } };
}

/** @param {Model} m @param {View} v @returns {Model} */
function moved(m, v) {
  if (m.view && m.view.login === v.login && v.version < m.view.version) return m; // an older word that came late
  const next = { ...m, view: v };
  switch (v.state) {
    case "offered":
    case "ringing":
      next.call = null;
      if (m.pop && v.call && m.pop.call !== v.call) next.pop = null;
      break;
    case "talking":
      next.call = { ...begun(m, v.call ?? ""), over: null };
      next.call.since ??= v.since;
      next.pop = null;
      break;
    case "wrapup":
      next.call = begun(m, v.call ?? "");
      next.pop = null;
      break;
    default:
      next.pop = next.call = null;
  }
  return next;
}

/** A pop of the call that is talked on already tells who it is; it must not cover the case. @param {Model} m @param {Pop} p @returns {Model} */
function popped(m, p) {
  const state = m.view?.state;
  if ((state === "talking" || state === "wrapup") && m.view?.call === p.call) {
    const call = begun(m, p.call);
    return { ...m, call: { ...call, number: p.number, name: p.name, queue: p.queue, card: p.card ?? call.card, greeting: p.greeting, why: p.why } };
  }
  const card = p.card ?? (m.pop?.call === p.call ? m.pop.card : null);
  return { ...m, pop: { ...p, card }, call: null, notice: null };
}

/** The call of this id as far as it is known. @param {Model} m @param {string} id @returns {Call} */
function begun(m, id) {
  if (m.call?.call === id) return m.call;
  const p = m.pop?.call === id ? m.pop : null;
  return {
    call: id, number: p?.number ?? "", name: p?.name ?? "", queue: p?.queue ?? "", why: p?.why ?? "", card: p?.card ?? null,
    greeting: p?.greeting, held: false, hand: "", expert: "", expertIn: false, as: "", offered: null, monitored: null, over: null,
  };
}

/** Events of queues tell what happens to the call beside the pushes. @param {Model} m @param {string} kind @param {any} e @param {number} now @returns {Model} */
function heard(m, kind, e, now) {
  const c = m.call;
  if (!c || !e || e.call !== c.call || c.over) return m;
  const to = e.data?.to ?? "";
  switch (kind) {
    case "held":
    case "resumed":
      return { ...m, call: { ...c, held: kind === "held" } };
    case "unheard":
      return { ...m, call: { ...c, unheard: true } };
    case "handover":
      return { ...m, call: { ...c, hand: to } };
    case "handtaken":
      return { ...m, call: { ...c, hand: "" }, notice: { outcome: "handtaken", who: to, ring: 0, at: now } };
    case "handback":
      if (c.as !== "") return { ...m, call: { ...c, offered: null } };
      return { ...m, call: { ...c, hand: "" }, notice: { outcome: `handback-${e.data?.outcome ?? ""}`, who: to, ring: 0, at: now } };
    case "expert":
      return e.data?.state === "asked" ? withExpert(m, e.agent ?? "", "asked", now) : m;
  }
  return m;
}

/**
 * After a cut, what the API says of the call stands above what was heard before it.
 * @param {Model} m
 * @param {any} item GET /api/v1/calls/{id}
 * @returns {Model}
 */
export function synced(m, item) {
  const live = item?.live;
  if (!m.call || item?.call !== m.call.call) return m;
  return {
    ...m,
    call: {
      ...m.call, number: m.call.number || item.number || "", name: m.call.name || item.name || "", queue: live?.queue ?? item.queue ?? m.call.queue,
      since: live?.since ?? m.call.since, held: live?.held ?? false, hand: live?.hand_to ?? "",
      expert: m.call.as === "" ? live?.expert ?? "" : "", expertIn: m.call.expertIn && live?.expert === m.call.expert,
      caseNumber: m.call.caseNumber ?? item.case, owner: m.call.owner ?? live?.owner,
    },
  };
}
