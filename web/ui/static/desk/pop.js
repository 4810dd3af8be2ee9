// @ts-check
// The screen pop: who calls, why it comes here, how long it rings. It takes the middle of the page and leaves the focus where it is.

import { now } from "../clock.js";
import { text } from "../texts.js";
import { byId, make, part, put, tell } from "./parts.js";
import { barOf, outcomeOf, targetName, troubleKey, whyOf } from "./words.js";

/** @typedef {import("./types.js").Model} Model */
/** @typedef {import("./types.js").Pop} Pop */
/** @typedef {import("./people.js").People} People */

const noticeTime = 6000; // long enough to read once, short enough not to hang about

export class PopView {
  /**
   * @param {People} people
   * @param {string} me login
   * @param {(push: string) => void} painted told once a pop is on the screen
   */
  constructor(people, me, painted) {
    this.people = people;
    this.me = me;
    this.painted = painted;
    this.root = byId("desk-pop", HTMLElement);
    this.home = /** @type {HTMLElement} */ (this.root.parentElement);
    this.ring = byId("pop-ring", HTMLElement);
    this.notice = byId("pop-notice", HTMLElement);
    this.voice = byId("desk-voice", HTMLElement);
    this.shown = ""; // id of the push on the screen
    this.told = /** @type {import("./types.js").Notice|null} */ (null);
    /** @type {ReturnType<typeof setTimeout>|0} */
    this.timer = 0;
  }

  /**
   * @param {Model} m
   * @param {{kind: string, early: boolean, trouble: string}} phone early: answer was pressed before the phone rang
   */
  render(m, phone) {
    const p = m.pop;
    if (p) this.#fill(p, phone);
    if ((p !== null) !== this.root.matches(":popover-open")) this.#toggle(p !== null);
    if (p) this.#paint(p);
    else if (this.shown) {
      this.shown = "";
      this.ring.removeAttribute("data-ring1");
      put(this.voice, "");
    }
    this.#say(m);
  }

  /** @param {Pop} p @param {{kind: string, early: boolean, trouble: string}} phone */
  #fill(p, phone) {
    const why = tell(whyOf(p, this.me, this.people.name, this.people.title));
    const number = p.number || text("desk.js.pop.anonymous");
    const who = whoOf(p);
    put(part(this.root, "why"), why);
    put(part(this.root, "number"), number);
    put(part(this.root, "who"), who);
    this.#bar(p);
    const zh = document.documentElement.lang.startsWith("zh");
    const greeting = part(this.root, "greeting");
    put(greeting, (zh ? p.greeting?.zh : p.greeting?.en) ?? "");
    greeting.hidden = greeting.textContent === "";
    this.#known(p);
    const note = part(this.root, "note");
    note.hidden = !p.note;
    if (p.note) put(note, text("desk.js.pop.note", p.note));
    const trouble = part(this.root, "trouble");
    const key = troubleKey(phone.trouble);
    trouble.hidden = !key && !phone.early;
    if (!trouble.hidden) put(trouble, text(key || "desk.js.pop.waiting"));
    const sip = phone.kind === "sip";
    part(this.root, "there").hidden = !sip;
    const answer = this.root.querySelector('[data-action="answer"]');
    if (answer instanceof HTMLElement) answer.hidden = sip;
    // Said once, so that a screen reader tells who calls without being asked, wherever the focus is.
    if (this.shown !== p.id + p.call) put(this.voice, text("desk.js.pop.voice", number, who, why));
  }

  /**
   * A popover lies above everything and takes no focus. What stands outside an open dialog cannot be clicked, so there the pop moves
   * into the dialog for as long as it lasts.
   * @param {boolean} shown
   */
  #toggle(shown) {
    if (!shown) {
      this.root.hidePopover();
      if (this.root.parentElement !== this.home) this.home.append(this.root);
      return;
    }
    const dialogs = document.querySelectorAll("dialog:modal");
    dialogs[dialogs.length - 1]?.append(this.root);
    this.root.showPopover();
  }

  /** Two frames later it is on the screen, and the server measures how long that took. @param {Pop} p */
  #paint(p) {
    if (this.shown === p.id + p.call) return;
    this.shown = p.id + p.call;
    if (p.id) requestAnimationFrame(() => requestAnimationFrame(() => this.painted(p.id)));
  }

  /** @param {Pop} p */
  #bar(p) {
    const span = barOf(p);
    this.ring.hidden = span === null;
    if (!span) return;
    this.ring.dataset.cycleMs = String(p.cycle_ms);
    this.ring.dataset.rings = String(span.rings);
    this.ring.dataset.ring1 = span.from;
  }

  /** Open cases, and when the caller was last heard. @param {Pop} p */
  #known(p) {
    const list = part(this.root, "cases");
    const cases = (p.card?.cases ?? []).slice(0, 3);
    list.hidden = cases.length === 0;
    list.replaceChildren(...cases.map((c) => {
      const li = make("li", "pop-case");
      const head = make("span", "pop-case-head", text("desk.js.pop.case", c.number, c.subject || text("desk.js.pop.nosubject")));
      const owner = c.owner === this.me ? text("desk.js.pop.caseyours") : text("desk.js.pop.caseowner", c.owner_name || c.owner);
      li.append(head, make("span", c.owner === this.me ? "badge badge-talking" : "badge", owner));
      if (c.promise) {
        li.append(make("span", "pop-promise", c.promised_at ? text("desk.js.pop.promised", whenOf(c.promised_at), c.promise) : text("desk.js.pop.promise", c.promise)));
      }
      return li;
    }));
    const last = p.card?.last.find((c) => c.call !== p.call);
    const line = part(this.root, "last");
    line.hidden = !last;
    if (last) put(line, last.answered && last.agent ? text("desk.js.pop.last", whenOf(last.arrived), this.people.name(last.agent)) : text("desk.js.pop.lastmissed", whenOf(last.arrived)));
  }

  /** A name in the notice has become known. @param {Model} m */
  sayAgain(m) {
    this.told = null;
    this.#say(m);
  }

  /** What became of the last offer, for a few seconds. @param {Model} m */
  #say(m) {
    if (m.notice === this.told) return;
    this.told = m.notice;
    clearTimeout(this.timer);
    this.notice.hidden = m.notice === null;
    if (!m.notice) return;
    const target = (/** @type {string} */ t) => targetName(t, this.people.name, this.people.title, text("desk.js.hand.manager"));
    put(this.notice, tell(outcomeOf(m.notice, this.people.name, target)));
    this.timer = setTimeout(() => {
      this.notice.hidden = true;
    }, noticeTime);
  }
}

/** Who it is or may be, and where they belong. @param {Pop} p */
export function whoOf(p) {
  const card = p.card;
  if (!card) return p.name || (p.number && p.id ? text("desk.js.pop.looking") : "");
  const known = card.recognition.contacts;
  if (card.recognition.kind === "one" && known.length > 0) {
    const at = card.customers?.find((c) => c.id === known[0].customer_id);
    return placed(known[0].name, known[0].customer_name, at?.region, at?.service_centre);
  }
  if (known.length > 1) {
    return text("desk.js.pop.candidates", known.slice(0, 3).map((k) => placed(k.name, k.customer_name)).join(text("desk.js.pop.or")));
  }
  return p.name ? `${p.name} · ${text("desk.js.pop.new")}` : text("desk.js.pop.new");
}

/** @param {(string|undefined)[]} parts */
function placed(...parts) {
  return parts.filter(Boolean).join(" · ");
}

/** Time of day when it is today, else the date too, in the page's language. @param {string} at RFC 3339 */
export function whenOf(at) {
  const t = new Date(at);
  const lang = document.documentElement.lang || "zh-Hans";
  const today = new Date(now()).toDateString() === t.toDateString();
  return new Intl.DateTimeFormat(lang, today ? { hour: "2-digit", minute: "2-digit" } : { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" }).format(t);
}
