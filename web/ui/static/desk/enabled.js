// @ts-check
// What can be done now, and when it cannot, why: a text key. The server refuses what is not allowed in any case; this spares the try.

/**
 * @typedef {object} Standing
 * @property {import("./types.js").Model} model
 * @property {import("./types.js").PhoneState} phone
 * @property {"browser"|"sip"|""} kind "" while the account is not known
 * @property {boolean} media
 * @property {string} check "" when the check has passed, else the key of what is missing
 */

/** @typedef {{on: boolean, why: string}} Ability */
/** @typedef {"ready"|"pause"|"signout"|"answer"|"decline"|"mute"|"hold"|"keys"|"handover"|"conference"|"end"|"extend"} Action */

const yes = Object.freeze({ on: true, why: "" });

/** @param {string} why @returns {Ability} */
const no = (why) => ({ on: false, why });

/**
 * @param {Standing} s
 * @returns {Record<Action, Ability>}
 */
export function abilities(s) {
  const { model: m, phone, kind } = s;
  const state = m.view?.state ?? "";
  const live = m.stream.state === "live" ? yes : no(m.stream.state === "ended" ? "desk.js.why.elsewhere" : "desk.js.why.stream");
  const talking = state === "talking" && m.call !== null && !m.call.over;
  const inCall = talking ? yes : no("desk.js.why.nocall");
  const talker = talking && m.call?.as !== "" ? no("desk.js.why.guest") : inCall; // only the talker orders what happens to the caller
  const own = kind === "browser" && phone.session === "talking" ? yes : no(kind === "sip" ? "desk.js.why.atphone" : "desk.js.why.nocall");
  return {
    ready: live.on ? readiness(s, state) : live,
    pause: live.on ? yes : live,
    signout: live.on ? (state === "offline" ? no("desk.js.why.offline") : yes) : live,
    answer: answering(s),
    decline: m.pop && m.pop.id !== "" ? (live.on ? yes : live) : phone.session === "ringing" ? yes : no("desk.js.why.nopop"),
    mute: own,
    hold: talker,
    keys: own,
    handover: talker.on && !live.on ? live : talker,
    conference: !talker.on ? talker : s.media ? (live.on ? yes : live) : no("desk.js.why.nomedia"),
    end: talking || phone.session === "talking" ? yes : inCall,
    extend: state === "wrapup" ? (live.on ? yes : live) : no("desk.js.why.nowrapup"),
  };
}

/** @param {Standing} s @param {string} state @returns {Ability} */
function readiness(s, state) {
  if (s.kind === "") return no("desk.js.why.account");
  if (state === "ready") return no("desk.js.why.already");
  if (s.kind === "sip") return yes;
  if (s.phone.line === "othertab") return no("desk.js.why.othertab");
  if (s.check !== "") return no(s.check);
  if (s.phone.line !== "registered") return no("desk.js.why.line");
  return yes;
}

/** Answer may be pressed before the phone rings: the pop comes first, and the wish is kept. @param {Standing} s @returns {Ability} */
function answering(s) {
  if (!s.model.pop && s.phone.session !== "ringing") return no("desk.js.why.nopop");
  if (s.kind === "sip") return no("desk.js.why.answerthere");
  if (s.phone.session === "ringing") return yes;
  if (s.phone.session !== "none") return no("desk.js.why.answering");
  return s.phone.line === "registered" ? yes : no("desk.js.why.line");
}
