// @ts-check
// What is wrong and needs somebody, in one line each with the thing to do.

import { text } from "../texts.js";
import { byId, make, tell } from "./parts.js";
import { unreachableWords } from "./presence.js";
import { troubleOf } from "./words.js";

/** @typedef {"takeback"|"signin"|"usehere"|"account"|"listen"|"sound"|"check"} Remedy */
/** @typedef {{id: string, kind: "warn"|"bad"|"info", say: import("./words.js").Saying, remedy?: Remedy, label?: string}} Alert */

/**
 * @typedef {object} Facts
 * @property {import("./types.js").Model} model
 * @property {import("./types.js").PhoneState} phone
 * @property {"browser"|"sip"|""} kind
 * @property {boolean} noAccount the account could not be read
 * @property {boolean} noSwitch no switch takes browsers as phones
 * @property {boolean} silenced the browser does not let the page ring
 */

/**
 * The alerts that hold now, the gravest first.
 * @param {Facts} f
 * @returns {Alert[]}
 */
export function alertsOf(f) {
  /** @type {Alert[]} */
  const found = [];
  const add = (/** @type {string} */ id, /** @type {Alert["kind"]} */ kind, /** @type {string} */ key, /** @type {(string|number)[]} */ args = [], /** @type {Remedy|undefined} */ remedy = undefined, label = "") =>
    found.push({ id, kind, say: { key, args }, ...(remedy ? { remedy, label } : {}) });
  const { model: m, phone } = f;
  const partly = phone.line === "registered" && phone.away.length > 0;
  if (m.stream.state === "ended" && m.stream.why === "desk-replaced") add("elsewhere", "bad", "desk.js.trouble.elsewhere", [], "takeback", "desk.js.trouble.takeback");
  if (m.stream.state === "ended" && m.stream.why === "session") add("session", "bad", "desk.js.trouble.session", [], "signin", "desk.js.trouble.signin");
  if (f.noAccount) add("account", "bad", "desk.js.trouble.account", [], "account", "desk.js.trouble.retry");
  if (f.noSwitch) add("noswitch", "bad", "desk.js.trouble.noswitch", [], "check", "desk.js.phone.unknown");
  if (f.kind === "browser" && m.stream.state !== "ended") {
    if (phone.line === "othertab") add("othertab", "warn", "desk.js.trouble.othertab", [], "usehere", "desk.js.trouble.take");
    if (phone.line === "refused") add("refused", "bad", "desk.js.trouble.refusedline", [], "account", "desk.js.trouble.retry");
    if (phone.cut && phone.session === "talking") add("line", "warn", "desk.js.trouble.line");
    if (partly) add("partly", "warn", "desk.js.trouble.partly", [phone.at, phone.of, listed(phone.away)]);
    if (phone.others > 0) add("others", "warn", "desk.js.trouble.others", [phone.others]);
  }
  const { key: trouble, args } = troubleOf(phone);
  if (phone.trouble === "audio-blocked") add("trouble", "bad", trouble, [], "listen", "desk.js.trouble.listen");
  else if (phone.trouble.endsWith("-swapped")) add("trouble", "info", trouble, args, "check", "desk.js.trouble.devices");
  else if (phone.trouble === "media-lost") add("trouble", "bad", trouble);
  else if (trouble) add("trouble", "bad", trouble, args, "check", "desk.js.trouble.devices");
  const lacks = unsaid(f, partly);
  if (lacks.length > 0) add("lacks", "warn", "desk.js.trouble.lacks", [listed(lacks)]);
  if (m.view?.state === "unreachable") add("unreachable", "warn", "desk.js.trouble.unreachable", [unreachableWords(m.view)]);
  if (m.view?.state === "paused" && m.view.reason === "phone-unheard") {
    if (f.kind === "browser") add("unheard", "bad", "desk.js.trouble.unheard", [], "check", "desk.js.trouble.devices");
    else add("unheard", "bad", "desk.js.trouble.unheard");
  }
  if (m.call?.unheard && !m.call.over) add("callerunheard", "warn", "desk.js.trouble.callerunheard");
  if (f.silenced && f.kind === "browser" && m.view?.state === "ready") add("silent", "warn", "desk.js.trouble.silent", [], "sound", "desk.js.trouble.sound");
  return found;
}

/**
 * The switches that miss the phone by the server's word, but those that the page's own lines tell of, or are about to register at.
 * @param {Facts} f @param {boolean} partly
 */
function unsaid({ kind, phone, model }, partly) {
  const lacks = model.view?.phone_lacks ?? [];
  if (kind !== "browser") return lacks;
  if (model.stream.state === "ended" || phone.at + phone.away.length < phone.of) return [];
  return partly ? lacks.filter((name) => !phone.away.includes(name)) : lacks;
}

/** Names as the page's language lists them. @param {string[]} names */
function listed(names) {
  return new Intl.ListFormat(document.documentElement.lang).format(names);
}

export class AlertList {
  /** @param {(remedy: Remedy) => void} act */
  constructor(act) {
    this.root = byId("desk-alerts", HTMLElement);
    this.act = act;
    this.shown = "";
  }

  /** @param {Alert[]} alerts */
  render(alerts) {
    const now = JSON.stringify(alerts);
    if (now === this.shown) return;
    this.shown = now;
    this.root.replaceChildren(...alerts.map((a) => {
      const p = make("p", `desk-alert desk-alert-${a.kind}`);
      p.dataset.testid = `alert-${a.id}`;
      p.append(make("span", "", tell(a.say)));
      if (a.remedy && a.label) {
        const b = make("button", "button button-small", text(a.label));
        b.setAttribute("type", "button");
        b.dataset.testid = `remedy-${a.id}`;
        const remedy = a.remedy;
        b.addEventListener("click", () => this.act(remedy));
        p.append(b);
      }
      return p;
    }));
  }
}
