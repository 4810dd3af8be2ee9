// @ts-check
// The desk of an agent: joins the stream, the phone and what is on the page. What the server decides is in live.model; nothing here
// changes it.

import { message } from "../app.js";
import { now } from "../clock.js";
import { text } from "../texts.js";
import { AlertList, alertsOf } from "./alerts.js";
import { get, post } from "./api.js";
import { CallBar } from "./callbar.js";
import { CheckDialog } from "./check.js";
import { Commands } from "./commands.js";
import { DeclineDialog } from "./decline.js";
import { abilities } from "./enabled.js";
import { HandDialog } from "./handover.js";
import { House, readReasons } from "./house.js";
import { listen, rove } from "./keyboard.js";
import { Live } from "./live.js";
import { Attention } from "./notify.js";
import { byId, part, show } from "./parts.js";
import { People } from "./people.js";
import { Phone } from "./phone.js";
import { PopView, whoOf } from "./pop.js";
import { readPrefs, writePrefs } from "./prefs.js";
import { PresenceStrip } from "./presence.js";
import { Returning } from "./returning.js";
import { Ringtone } from "./ringtone.js";
import { PhoneTab } from "./tab.js";
import { phoneWord } from "./phoneword.js";

/** @typedef {import("./types.js").Model} Model */
/** @typedef {import("./types.js").Account} Account */
/** @typedef {import("./types.js").Pop} Pop */

class Desk {
  constructor() {
    this.me = byId("desk-bar", HTMLElement).dataset.login ?? "";
    this.prefs = readPrefs();
    this.people = new People();
    this.house = new House(this.people, this.me);
    this.ringtone = new Ringtone();
    this.live = new Live();
    this.phone = new Phone(byId("desk-audio", HTMLAudioElement), this.prefs);
    this.commands = new Commands(this.me, this.phone, () => this.shown());
    this.check = new CheckDialog(this.prefs, this.ringtone);
    this.pop = new PopView(this.people, this.me, (id) => this.commands.acknowledge(id));
    this.bar = new CallBar(this.people, (a) => this.#strip(a));
    this.strip = new PresenceStrip(this.people, (reason) => this.commands.stand("paused", reason));
    this.hand = new HandDialog(this.people, this.me, async (mode, to) => {
      await this.commands.offer(mode, to);
      if (mode === "expert") this.live.refresh(); // the event of it is the expert's
    });
    this.refusal = new DeclineDialog((reason, note) => this.commands.decline(reason, note));
    this.alerts = new AlertList((r) => this.#remedy(r));
    this.attention = new Attention();
    this.tab = new PhoneTab(this.me, (mine) => this.#phoneHere(mine));
    this.keys = byId("keys-dialog", HTMLDialogElement);
    /** @type {Account|null} */
    this.account = null;
    this.noAccount = false;
    /** @type {Pop|null} */
    this.ringing = null; // what the phone itself tells of a call that no pop has come for
    this.early = false; // answer was pressed before the phone rang
    this.mine = false; // this window has the phone
    this.returning = new Returning(this.me);
    this.active = true;
    this.cycle = 5000;
    /** @type {ReturnType<typeof setTimeout>|undefined} */
    this.relayTimer = undefined;
  }

  start() {
    this.#listen();
    this.ringtone.prepare(() => this.render());
    this.live.open();
    this.render();
    this.#readAccount();
    this.#readReasons();
    this.#readHouse();
    setInterval(() => this.#tick(), 500);
    setInterval(() => this.#beat(), 10_000);
    setInterval(() => this.#readHouse(), 55_000 + Math.random() * 10_000);
  }

  /** What is on the screen: the server's word, and before that what the phone itself says. @returns {Model} */
  shown() {
    const m = this.live.model;
    return m.pop || !this.ringing || m.view?.state === "talking" ? m : { ...m, pop: this.ringing };
  }

  get kind() {
    return this.account?.kind ?? "";
  }

  #can() {
    return abilities({
      model: this.shown(), phone: this.phone.state, kind: this.kind, media: this.#media(), check: this.kind === "browser" ? this.check.missing : "",
    });
  }

  /** Whether the switch of the call carries the sound itself. */
  #media() {
    const call = this.shown().call?.call ?? "";
    return this.account?.lines.find((l) => call.startsWith(`${l.switch}-`))?.media ?? this.account?.media ?? false;
  }

  render() {
    const m = this.shown();
    const can = this.#can();
    this.check.know({ line: this.phone.state.line, at: this.phone.state.at, of: this.phone.state.of, phoneUp: m.view?.phone_up ?? false, inCall: m.call !== null && !m.call.over, canBeReady: can.ready.on });
    this.pop.render(m, { kind: this.kind, early: this.early, trouble: this.phone.state.trouble });
    this.bar.render(m, this.phone.state, can, this.mine ? this.returning.expected(m, this.phone.state) : "");
    this.strip.render(m, can);
    const word = phoneWord(this.kind, this.phone.state, m.view?.phone_up ?? false, this.check.missing, Date.now(), m.view?.phone_lacks);
    this.strip.phone(text(word.key, ...word.args), word.kind);
    const { count, longest } = this.house.waitingIn(m.view?.queues ?? []);
    this.strip.queue(longest, count);
    this.alerts.render(alertsOf({ model: m, phone: this.phone.state, kind: this.kind, noAccount: this.noAccount, noSwitch: this.kind === "browser" && !this.account?.lines.length, silenced: this.ringtone.silenced }));
  }

  #listen() {
    this.live.addEventListener("change", (e) => this.#changed(/** @type {CustomEvent} */ (e).detail.before));
    this.live.addEventListener("event", (e) => {
      const { kind, data } = /** @type {CustomEvent} */ (e).detail;
      if (this.house.follow(kind, data, this.cycle)) this.render();
    });
    this.phone.addEventListener("change", () => this.#phoneChanged());
    this.phone.addEventListener("ring", (e) => this.#rings(/** @type {CustomEvent} */ (e).detail));
    this.phone.addEventListener("silent", () => this.ringtone.stop());
    this.phone.addEventListener("quality", (e) => this.bar.quality(/** @type {CustomEvent} */ (e).detail, this.shown()));
    this.phone.addEventListener("devices", () => this.check.quietly());
    this.check.addEventListener("change", () => {
      this.phone.use({ ...this.prefs });
      this.ringtone.use(this.prefs);
      this.render();
    });
    this.check.addEventListener("kind", (e) => this.#chooseKind(/** @type {CustomEvent} */ (e).detail));
    document.addEventListener("click", (e) => this.#clicked(e));
    for (const sign of ["keydown", "pointerdown", "pointermove", "wheel"]) document.addEventListener(sign, () => (this.active = true), { passive: true });
    document.addEventListener("hotline:handovers", (e) => this.strip.hands(Number(/** @type {CustomEvent} */ (e).detail?.count ?? 0)));
    listen(() => this.#place(), (action, digit) => this.act(action, digit));
    rove(part(byId("desk-call", HTMLElement), "actions"));
    const letters = byId("keys-letters", HTMLInputElement);
    letters.checked = this.prefs.letters;
    letters.addEventListener("change", () => {
      this.prefs.letters = letters.checked;
      writePrefs(this.prefs);
    });
    // A closed page ends the talk for a moment; the caller would hear music. Ask first.
    window.addEventListener("beforeunload", (e) => {
      if (this.phone.state.session === "talking" || this.phone.state.session === "answering") e.preventDefault();
    });
  }

  /** @param {Model} before */
  #changed(before) {
    const m = this.live.model;
    if (m.pop && m.pop.call !== before.pop?.call) this.#popped(m.pop);
    if (!m.pop && before.pop) this.#gone();
    if (m.notice?.outcome === "lost" && m.notice !== before.notice) this.people.meet(m.notice.who).then((met) => met && this.pop.sayAgain(this.shown()), () => undefined);
    if (m.call?.over && !before.call?.over) {
      this.hand.close();
      this.returning.over(m.call.call, Boolean(m.call.over.return_by));
    }
    this.#announce();
    if (before.view?.phone_up && !m.view?.phone_up) this.phone.hurry(); // perhaps a switch is back that does not know us yet
    if (before.stream.why !== m.stream.why) this.#streamEnded(m.stream.why);
    if (m.pop?.cycle_ms) this.cycle = m.pop.cycle_ms;
    this.phone.held(m.call?.held ?? false);
    this.render();
  }

  /** @param {Pop} p */
  #popped(p) {
    this.check.close();
    if (this.keys.open) this.keys.close();
    this.ringing = null;
    const number = p.number || text("desk.js.pop.anonymous");
    this.attention.call(text("desk.js.pop.title", number), whoOf(p), p.call);
    if (this.kind === "browser" && this.returning.isMine(p)) this.phone.answer();
    this.people.meet(p.hand_by ?? "").then((met) => met && this.render(), () => undefined);
  }

  #gone() {
    this.early = false;
    this.ringing = null;
    this.phone.forget();
    this.attention.quiet();
    this.refusal.close();
  }

  /** @param {{number: string, name: string}} from */
  #rings(from) {
    const m = this.live.model;
    this.ringtone.start(m.pop?.hand_by ? "hand" : "call");
    if (!m.pop && m.view?.state !== "talking") {
      // The stream is cut: the phone alone tells of the call, and it can be answered all the same.
      this.ringing = {
        id: "", call: m.view?.call ?? "", number: from.number, name: from.name, did: "", queue: "", why: "phone", ring1: "", ring: 0, cycle_ms: this.cycle, deadline: "",
      };
      this.#soon();
    }
    this.render();
  }

  /** Without a pop after a moment, the window's title and the notification tell of the call too. */
  #soon() {
    const p = this.ringing;
    setTimeout(() => {
      if (p && this.ringing === p) this.attention.call(text("desk.js.pop.title", p.number || text("desk.js.pop.anonymous")), p.name, p.number);
    }, 1000);
  }

  #phoneChanged() {
    const s = this.phone.state;
    if (s.session !== "ringing") this.ringtone.stop();
    if (s.session === "talking" || s.session === "answering") this.early = false;
    if (s.session === "none" && this.ringing) this.#gone();
    this.render();
  }

  /** @param {string} why */
  #streamEnded(why) {
    if (why !== "desk-replaced" && why !== "session") {
      if (why === "" && this.mine && this.account?.kind === "browser" && !this.phone.lines) this.#startPhone();
      return;
    }
    // The other desk's phone is the one that rings now. A talk that is up is finished here.
    if (why === "desk-replaced" && this.phone.state.session === "none") this.phone.stop();
  }

  async #readAccount() {
    try {
      this.account = await get("/phone");
      this.noAccount = false;
    } catch {
      this.noAccount = true;
      return this.render();
    }
    this.check.kind = this.kind;
    this.#relay();
    if (this.kind === "browser" && !this.mine) await this.tab.take();
    else if (this.kind === "browser") this.#startPhone();
    else await this.phone.stop();
    this.check.recall();
    this.render();
  }

  /** Credentials for relays expire: they are asked for again at half of their life, and soon when that fails. */
  #relay() {
    this.check.ice = this.account?.ice ?? [];
    clearTimeout(this.relayTimer);
    const until = Date.parse(this.account?.ice_until ?? "");
    if (!Number.isNaN(until)) this.relayTimer = setTimeout(() => this.#relayAgain(), Math.max(10_000, (until - now()) / 2));
  }

  async #relayAgain() {
    try {
      /** @type {Account} */
      const fresh = await get("/phone");
      if (this.account) this.account = { ...this.account, ice: fresh.ice, ice_until: fresh.ice_until };
      this.phone.relay(fresh.ice ?? []);
    } catch {
      // The old ones may still do.
    }
    this.#relay();
  }

  /** After a reload in a talk the server still takes this page for talking: it is told, once, that its phone is gone. */
  #announce() {
    const v = this.live.model.view;
    if (!this.mine || this.kind !== "browser" || !v) return;
    const call = this.returning.lost(v, this.phone.state);
    if (call) this.commands.lostPhone(call);
  }

  /** @param {boolean} mine this window has the phone now */
  #phoneHere(mine) {
    this.mine = mine;
    if (mine) {
      this.#startPhone();
      this.#announce();
    } else if (this.kind === "browser") this.#givePhone();
  }

  /** Another window took the phone; a talk that is up here is finished here. */
  #givePhone() {
    if (this.phone.state.session !== "none") {
      this.phone.addEventListener("change", () => !this.mine && this.#givePhone(), { once: true });
      return;
    }
    this.phone.stop().then(() => !this.mine && this.phone.elsewhere());
  }

  /** @param {import("./callbar.js").StripAction} action */
  #strip(action) {
    switch (action) {
      case "takeback": this.commands.takeBack(); break;
      case "letgo": this.commands.letExpertGo(); break;
      case "accept": this.commands.accept(); break;
      case "refuse": this.refusal.open(); break;
    }
  }

  async #startPhone() {
    if (!this.account?.lines.length || this.kind !== "browser" || this.live.model.stream.state === "ended") return;
    if (this.phone.lines) await this.phone.stop();
    this.phone.start(this.account);
  }

  /** @param {"browser"|"sip"} kind */
  async #chooseKind(kind) {
    await this.commands.run("kind", async () => {
      await post("/phone", { kind });
      if (kind === "sip") await this.phone.stop();
    });
    await this.#readAccount();
    this.check.render();
    if (this.kind === "browser" && this.check.dialog.open && this.check.missing !== "") this.check.start();
  }

  async #readReasons() {
    const { pause, decline } = await readReasons();
    if (pause) this.strip.setReasons(pause);
    if (decline) this.refusal.setReasons(decline);
  }

  async #readHouse() {
    const hands = await this.house.read();
    if (hands !== null) this.strip.hands(hands);
    this.render();
  }

  #tick() {
    const m = this.shown();
    this.strip.tick(m);
    this.bar.tick(m);
    if (this.phone.state.line === "waiting" || this.returning.call) this.render();
    if (m.call && !m.call.over && this.phone.state.session === "talking") this.returning.talking(m.call.call);
  }

  #beat() {
    if (this.live.model.stream.state !== "live") return;
    this.commands.beat(this.active);
    this.active = false;
  }

  #place() {
    const m = this.shown();
    return {
      pop: m.pop !== null, talking: m.call !== null && !m.call.over, wrapup: m.view?.state === "wrapup", keypad: this.bar.keypadOpen, letters: this.prefs.letters,
    };
  }

  /** @param {MouseEvent} e */
  #clicked(e) {
    const target = e.target instanceof Element ? e.target : null;
    target?.closest("[data-close-dialog]")?.closest("dialog")?.close();
    const button = target?.closest("[data-action], [data-digit]");
    if (!(button instanceof HTMLElement)) return;
    if (button.dataset.digit) this.act("digit", button.dataset.digit);
    else if (button.dataset.action === "end") this.#end();
    else this.act(button.dataset.action ?? "");
  }

  /**
   * Does what a button or key means.
   * @param {string} action
   * @param {string} [digit]
   */
  act(action, digit = "") {
    const can = this.#can();
    const ability = can[/** @type {import("./enabled.js").Action} */ (action === "keypad" || action === "digit" ? "keys" : action)];
    if (ability && !ability.on) {
      if (action === "ready" && this.kind === "browser" && this.check.missing !== "") this.check.open();
      else message(text(ability.why));
      return;
    }
    const call = this.shown().call;
    switch (action) {
      case "ready": this.ringtone.unlock().then(() => this.render()); this.commands.stand("ready"); break;
      case "pause": this.strip.showReasons(Boolean(this.strip.menu.hidden)); break;
      case "signout": this.commands.stand("offline"); break;
      case "answer": this.#answer(); break;
      case "decline": this.refusal.open(); break;
      case "mute": this.phone.mute(!this.phone.state.muted); break;
      case "hold": this.commands.hold(); break;
      case "keypad": this.bar.showKeypad(!this.bar.keypadOpen); break;
      case "digit": this.phone.press(digit).then(() => this.bar.sent(digit), () => undefined); break;
      case "handover": call?.hand ? this.#point("takeback") : this.hand.open("hand"); break;
      case "conference": call?.expert ? this.#point("letgo") : this.hand.open("expert"); break;
      case "end": if (this.bar.confirmEnd()) this.#end(); break;
      case "extend": this.commands.extend(); break;
      case "check": this.check.open(); break;
      case "help": show(this.keys); break;
    }
  }

  #answer() {
    this.refusal.close();
    this.early = this.phone.state.session === "none";
    this.phone.answer();
    this.render();
  }

  #end() {
    if (this.#can().end.on) this.commands.end();
  }

  /** @param {string} testid of the button that is meant */
  #point(testid) {
    const b = document.querySelector(`[data-testid="${testid}"]`);
    if (b instanceof HTMLElement) b.focus();
  }

  /** @param {import("./alerts.js").Remedy} remedy */
  #remedy(remedy) {
    switch (remedy) {
      case "takeback": this.live.open(); break;
      case "signin": location.assign(`/login?next=${encodeURIComponent(location.pathname)}`); break;
      case "usehere": this.tab.steal(); break;
      case "account": this.#readAccount(); break;
      case "listen": this.phone.unblock().catch(() => undefined); break;
      case "sound": this.ringtone.unlock().then(() => this.render()); break;
      case "check": this.phone.soothe(); this.check.open(); break;
    }
  }
}

new Desk().start();
