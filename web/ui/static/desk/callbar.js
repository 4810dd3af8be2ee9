// @ts-check
// The bar below the desk: the call, how well it is heard, and what can be done with it.

import { now } from "../clock.js";
import { text } from "../texts.js";
import { able, attribute, byId, make, part, put, tell } from "./parts.js";
import { clockOf, monitorOf, qualityTrouble, qualityWord, targetName } from "./words.js";

/** @typedef {import("./types.js").Model} Model */
/** @typedef {import("./quality.js").Grade} Grade */

const greetingTime = 15_000; // the greeting stays to be read while the agent begins to speak
const endTime = 2500; // the second E must come within

/** @typedef {"takeback"|"letgo"|"accept"|"refuse"} StripAction */

export class CallBar {
  /**
   * @param {import("./people.js").People} people
   * @param {(action: StripAction) => void} act
   */
  constructor(people, act) {
    this.people = people;
    this.act = act;
    this.root = byId("desk-call", HTMLElement);
    this.strip = part(this.root, "strip");
    this.keypad = byId("desk-keypad", HTMLElement);
    /** @type {Grade|null} */
    this.grade = null;
    this.lines = "";
    this.endAsked = 0;
  }

  /**
   * @param {Model} m
   * @param {import("./types.js").PhoneState} phone
   * @param {Record<import("./enabled.js").Action, import("./enabled.js").Ability>} can
   * @param {string} coming the call that is being put back to this desk, or ""
   */
  render(m, phone, can, coming) {
    const c = m.call;
    const talking = c !== null && !c.over && m.view?.state === "talking";
    this.root.dataset.state = talking ? (c.held ? "held" : "talking") : c?.over || m.view?.state === "wrapup" ? "over" : "idle";
    put(part(this.root, "number"), c ? c.number || text("desk.js.pop.anonymous") : idleWords(m));
    put(part(this.root, "name"), c?.name ?? "");
    put(part(this.root, "flag"), flagOf(m, phone, this.people));
    for (const [action, ability] of /** @type {[string, string][]} */ ([["mute", "mute"], ["hold", "hold"], ["keypad", "keys"], ["handover", "handover"], ["conference", "conference"], ["end", "end"]])) {
      const button = this.root.querySelector(`[data-action="${action}"]`);
      if (button) able(button, can[/** @type {import("./enabled.js").Action} */ (ability)]);
    }
    this.#pressed("mute", phone.muted);
    this.#pressed("hold", c?.held ?? false);
    if (!talking) this.showKeypad(false);
    if (phone.session !== "talking") this.grade = null;
    this.#quality();
    this.#lines(m, coming);
    this.tick(m);
  }

  /** What moves with time. @param {Model} m */
  tick(m) {
    const c = m.call;
    const time = part(this.root, "time");
    if (c?.over) put(time, "");
    else put(time, c?.since ? clockOf(now() - Date.parse(c.since)) : "");
    if (this.endAsked && performance.now() - this.endAsked > endTime) this.#endWords(0);
    if (c?.since && this.strip.dataset.greeting === "1" && now() - Date.parse(c.since) > greetingTime) this.#lines(m, "");
  }

  /** @param {Grade} g */
  quality(g, /** @type {Model} */ m) {
    this.grade = g;
    this.#quality();
    this.#lines(m, "");
  }

  #quality() {
    const root = part(this.root, "quality");
    root.hidden = this.grade === null;
    if (!this.grade) return;
    const word = tell(qualityWord(this.grade));
    root.dataset.word = this.grade.word;
    attribute(root, "title", text("desk.js.quality.label", word));
    put(part(this.root, "quality-word"), word);
    for (const [i, bar] of [...part(this.root, "bars").children].entries()) bar.classList.toggle("lit", i < this.grade.bars);
  }

  /** @param {string} action @param {boolean} pressed */
  #pressed(action, pressed) {
    const b = this.root.querySelector(`[data-action="${action}"]`);
    if (b) attribute(b, "aria-pressed", String(pressed));
  }

  /**
   * The lines above the bar: what somebody does to this call, what is wrong with it, and the greeting in the first seconds.
   * @param {Model} m
   * @param {string} coming
   */
  #lines(m, coming) {
    const c = m.call;
    /** @type {{words: string, kind: string, acts?: [StripAction, string][]}[]} */
    const lines = [];
    if (c && !c.over) {
      if (c.monitored) lines.push({ words: tell(monitorOf(c.monitored, this.people.name)), kind: "monitor" });
      if (c.hand) lines.push({ words: text("desk.js.hand.offered", this.#target(c.hand)), kind: "hand", acts: [["takeback", text("desk.js.hand.takeback")]] });
      if (c.offered) {
        const words = text("desk.js.hand.foryou", c.offered.name || this.people.name(c.offered.by));
        lines.push({ words, kind: "hand", acts: [["accept", text("desk.js.hand.accept")], ["refuse", text("desk.js.hand.refuse")]] });
      }
      if (c.expert) {
        const words = text(c.expertIn ? "desk.js.expert.in" : "desk.js.expert.asked", this.people.name(c.expert));
        lines.push({ words, kind: "expert", acts: [["letgo", text("desk.js.expert.letgo")]] });
      }
      const bad = this.grade && qualityTrouble(this.grade);
      if (bad) lines.push({ words: tell(bad), kind: "trouble" });
    }
    const greeting = greetingOf(m);
    if (lines.length === 0 && greeting) lines.push({ words: text("desk.js.call.greeting", greeting), kind: "greeting" });
    if (coming) lines.push({ words: text("desk.js.call.back"), kind: "back" });
    const now = JSON.stringify(lines);
    if (now === this.lines) return;
    this.lines = now;
    this.strip.hidden = lines.length === 0;
    this.strip.dataset.greeting = lines.some((l) => l.kind === "greeting") ? "1" : "";
    this.strip.replaceChildren(...lines.map((l) => {
      const line = make("p", `callbar-line callbar-${l.kind}`);
      line.append(make("span", "", l.words));
      for (const [act, label] of l.acts ?? []) {
        const b = make("button", "button button-small", label);
        b.setAttribute("type", "button");
        b.dataset.testid = act;
        b.addEventListener("click", () => this.act(act));
        line.append(b);
      }
      return line;
    }));
  }

  /** @param {string} target */
  #target(target) {
    return targetName(target, this.people.name, this.people.title, text("desk.js.hand.manager"));
  }

  /** @param {boolean} open */
  showKeypad(open) {
    this.keypad.hidden = !open;
    const b = this.root.querySelector('[data-action="keypad"]');
    if (b) attribute(b, "aria-expanded", String(open));
    if (!open) put(part(this.root, "sent"), "");
  }

  get keypadOpen() {
    return !this.keypad.hidden;
  }

  /** @param {string} digit */
  sent(digit) {
    const out = part(this.root, "sent");
    put(out, ((out.textContent ?? "") + digit).slice(-24));
  }

  /** The key E ends only when it is pressed twice: one letter typed into the wrong place must not cut a caller off. @returns {boolean} */
  confirmEnd() {
    const at = performance.now();
    if (this.endAsked && at - this.endAsked <= endTime) {
      this.#endWords(0);
      return true;
    }
    this.#endWords(at);
    return false;
  }

  /** @param {number} at */
  #endWords(at) {
    const words = part(this.root, "end");
    words.dataset.usual ??= words.textContent ?? "";
    this.endAsked = at;
    put(words, at ? text("desk.js.call.endagain") : words.dataset.usual);
  }
}

/** @param {Model} m */
function idleWords(m) {
  return text(m.view?.state === "ready" ? "desk.js.call.idle" : "desk.js.call.idlenot");
}

/** @param {Model} m @param {import("./types.js").PhoneState} phone @param {import("./people.js").People} people */
function flagOf(m, phone, people) {
  const c = m.call;
  if (phone.session === "answering") return text("desk.js.call.connecting");
  if (!c) return "";
  if (c.over) return c.over.handed_to ? text("desk.js.call.handed", people.name(c.over.handed_to)) : text("desk.js.call.over", clockOf(c.over.talked_ms ?? 0));
  if (m.view?.state === "wrapup") return "";
  if (c.as === "expert") return text("desk.js.call.expert");
  if (c.as === "monitor") return text("desk.js.call.monitor");
  if (c.as === "out") return text("desk.js.call.out");
  if (c.held) return text("desk.js.call.held");
  return phone.muted ? text("desk.js.call.muted") : text("desk.js.call.talking");
}

/** @param {Model} m */
function greetingOf(m) {
  const c = m.call;
  if (!c || c.over || !c.since || c.as !== "" || c.why === "handover" || c.why === "expert" || c.why === "return") return "";
  if (now() - Date.parse(c.since) > greetingTime) return "";
  return (document.documentElement.lang.startsWith("zh") ? c.greeting?.zh : c.greeting?.en) ?? "";
}
