// @ts-check
// The check before "ready": microphone, loudspeaker, switch, network. It also holds the choice of devices, volumes and phone.

import { text } from "../texts.js";
import { fresh, items, missing, seal } from "./checks.js";
import { MicrophoneError, canChooseSpeaker, close, devices, measure, openMicrophone } from "./media.js";
import { findPath } from "./network.js";
import { attribute, byId, make, part, put, show } from "./parts.js";
import { storage, writePrefs } from "./prefs.js";
import { troubleKey } from "./words.js";

/** @typedef {import("./prefs.js").Prefs} Prefs */
/** @typedef {import("./checks.js").Item} Item */

const place = "hotline.desk.check";
const audible = 0.08; // of the meter: above the noise of a quiet room

/**
 * Events: "change" when a result or the preferences changed; "kind" (CustomEvent, detail "browser" or "sip") when another phone was
 * chosen.
 */
export class CheckDialog extends EventTarget {
  /**
   * @param {Prefs} prefs
   * @param {import("./ringtone.js").Ringtone} ringtone
   */
  constructor(prefs, ringtone) {
    super();
    this.prefs = prefs;
    this.ringtone = ringtone;
    this.dialog = byId("check-dialog", HTMLDialogElement);
    /** @type {import("./checks.js").Results} */
    this.results = fresh();
    /** @type {"browser"|"sip"|""} */
    this.kind = "";
    /** @type {RTCIceServer[]} */
    this.ice = [];
    this.phoneUp = false;
    this.at = this.of = 0; // switches that know the phone, and all
    this.inCall = false;
    this.canBeReady = false; // not ready yet, and nothing but this check forbids it
    this.trouble = ""; // of the microphone
    /** @type {MediaStream|null} */
    this.stream = null;
    /** @type {(() => void)|null} */
    this.unmeasure = null;
    this.run = 0;
    this.#wire();
  }

  /** "" when passed, else the key of what is missing. */
  get missing() {
    return missing(this.results);
  }

  open() {
    this.#controls();
    show(this.dialog);
    this.render();
    if (this.kind === "browser" && this.missing !== "") this.start();
  }

  /** A call comes: nothing may cover it. */
  close() {
    if (this.dialog.open) this.dialog.close();
  }

  /** After a reload of a session that had passed: asks quietly, without opening the microphone. */
  async recall() {
    if (storage("sessionStorage")?.getItem(place) !== seal(this.prefs)) return;
    this.results = { ...this.results, microphone: "ok", speaker: "ok", network: "running" };
    this.#changed();
    await this.quietly();
  }

  /** Looks again whether what passed still holds: permission, devices, path. */
  async quietly() {
    if (this.kind !== "browser" || this.results.microphone !== "ok" || this.dialog.open) return;
    let allowed = true;
    try {
      allowed = (await navigator.permissions.query({ name: /** @type {PermissionName} */ ("microphone") })).state === "granted";
    } catch {
      allowed = true; // a browser that cannot be asked: the next call will show it
    }
    const there = (await devices()).microphones;
    const path = await findPath(this.ice);
    this.trouble = !allowed ? "mic-refused" : there.length === 0 ? "mic-missing" : "";
    this.results = { ...this.results, microphone: this.trouble ? "bad" : "ok", network: path ? "ok" : "bad" };
    this.#changed();
  }

  /** Runs the check from the beginning. It begins with a click, which also lets the page ring. */
  async start() {
    const run = ++this.run;
    this.#stopMeter();
    this.results = { ...fresh(), speaker: this.results.speaker, microphone: "running", network: "running" };
    this.trouble = "";
    this.#changed();
    this.ringtone.unlock();
    findPath(this.ice).then((found) => this.#result(run, "network", found ? "ok" : "bad"));
    try {
      const { stream } = await openMicrophone(this.prefs.microphone);
      if (run !== this.run || !this.dialog.open) return close(stream);
      this.stream = stream;
      this.unmeasure = measure(stream, (level) => this.#level(run, level));
      await this.#controls(); // names of devices are known only now
    } catch (e) {
      this.trouble = e instanceof MicrophoneError ? e.kind : "mic-busy";
      this.#result(run, "microphone", "bad");
    }
  }

  /** @param {number} run @param {number} level */
  #level(run, level) {
    const meter = part(this.dialog, "level");
    meter.style.setProperty("--level", level.toFixed(3));
    attribute(meter, "aria-valuenow", String(Math.round(level * 100)));
    if (level >= audible && this.results.microphone === "running") this.#result(run, "microphone", "ok");
  }

  /** @param {number} run @param {Item} item @param {import("./checks.js").Result} result */
  #result(run, item, result) {
    if (run !== this.run) return;
    this.results = { ...this.results, [item]: result };
    this.#changed();
  }

  #changed() {
    if (this.missing === "") {
      try {
        storage("sessionStorage")?.setItem(place, seal(this.prefs));
      } catch {
        // Not kept: checked again after a reload.
      }
    }
    this.render();
    this.dispatchEvent(new Event("change"));
  }

  #stopMeter() {
    this.unmeasure?.();
    this.unmeasure = null;
    close(this.stream);
    this.stream = null;
  }

  /** @param {{line: string, at: number, of: number, phoneUp: boolean, inCall: boolean, canBeReady: boolean}} now */
  know(now) {
    this.results.line = now.line === "registered" ? "ok" : now.line === "refused" || now.line === "waiting" || now.line === "othertab" ? "bad" : "running";
    this.phoneUp = now.phoneUp;
    this.at = now.at;
    this.of = now.of;
    this.inCall = now.inCall;
    this.canBeReady = now.canBeReady;
    if (this.dialog.open) this.render();
  }

  render() {
    const browser = this.kind === "browser";
    part(this.dialog, "browser").hidden = !browser;
    part(this.dialog, "sip").hidden = this.kind !== "sip";
    part(this.dialog, "go").hidden = !browser || this.results.microphone !== "wait";
    part(this.dialog, "ready").hidden = !this.canBeReady || (browser ? this.missing !== "" || this.results.line !== "ok" : !this.phoneUp);
    part(this.dialog, "again").hidden = !browser || this.results.microphone === "wait";
    for (const radio of this.#radios()) {
      radio.checked = radio.value === this.kind;
      radio.disabled = this.inCall;
    }
    for (const item of items) {
      const li = this.dialog.querySelector(`[data-check="${item}"]`);
      if (li instanceof HTMLElement) li.dataset.result = this.results[item];
      put(part(this.dialog, `${item}-word`), this.#word(item));
    }
    const verdict = part(this.dialog, "verdict");
    const why = this.missing;
    verdict.dataset.kind = this.kind === "sip" ? (this.phoneUp ? "ok" : "bad") : why === "" ? "ok" : "bad";
    put(part(this.dialog, "sip-word"), text(this.phoneUp ? "desk.js.check.sipup" : "desk.js.check.sipdown"));
    put(verdict, this.inCall ? text("desk.js.check.incall") : !browser ? "" : why === "" && this.results.line === "ok" ? text("desk.js.check.passed") : text("desk.js.check.missing", text(why || "desk.js.why.line")));
  }

  /** @param {Item} item */
  #word(item) {
    const r = this.results[item];
    if (r === "wait") return text(item === "speaker" ? "desk.js.check.listen" : "desk.js.check.wait");
    switch (item) {
      case "microphone": return r === "bad" ? text(troubleKey(this.trouble) || "desk.js.why.checkmic") : text(r === "ok" ? "desk.js.check.ok" : "desk.js.check.speak");
      case "speaker": return text(r === "ok" ? "desk.js.check.ok" : "desk.js.check.hear");
      case "line": return r === "ok" && this.of > 1 ? text("desk.js.check.registeredat", this.at, this.of) : text(r === "ok" ? "desk.js.check.registered" : r === "bad" ? "desk.js.check.notregistered" : "desk.js.check.running");
      default: return text(r === "ok" ? "desk.js.check.candidate" : r === "bad" ? "desk.js.check.nocandidate" : "desk.js.check.running");
    }
  }

  #radios() {
    return /** @type {NodeListOf<HTMLInputElement>} */ (this.dialog.querySelectorAll('input[name="phone-kind"]'));
  }

  /** Fills the choices of devices. */
  async #controls() {
    const found = await devices();
    fill(byId("check-microphone-device", HTMLSelectElement), found.microphones, this.prefs.microphone);
    for (const [id, value] of [["check-speaker-device", this.prefs.speaker], ["check-ringer-device", this.prefs.ringer]]) {
      const select = byId(id, HTMLSelectElement);
      fill(select, found.speakers, value);
      select.disabled = !canChooseSpeaker();
    }
    byId("check-volume", HTMLInputElement).value = String(Math.round(this.prefs.volume * 100));
    byId("check-ring-volume", HTMLInputElement).value = String(Math.round(this.prefs.ringVolume * 100));
  }

  #wire() {
    const on = (/** @type {string} */ name, /** @type {() => void} */ act) => part(this.dialog, name).addEventListener("click", act);
    on("go", () => this.start());
    on("again", () => this.start());
    on("tone", () => {
      this.#tone();
      if (this.results.speaker === "wait") this.#result(this.run, "speaker", "running");
    });
    on("heard", () => this.#result(this.run, "speaker", "ok"));
    on("ring", () => {
      this.ringtone.unlock().then(() => this.ringtone.start("call"));
      setTimeout(() => this.ringtone.stop(), 1900);
    });
    on("notify", () => this.#notify());
    this.dialog.addEventListener("close", () => {
      this.run++; // what still comes in belongs to a dialog that is gone
      this.#stopMeter();
      if (this.results.microphone === "running") this.results.microphone = "wait";
      if (this.results.network === "running") this.results.network = "wait";
      this.dispatchEvent(new Event("change"));
    });
    for (const radio of this.#radios()) {
      radio.addEventListener("change", () => radio.checked && this.dispatchEvent(new CustomEvent("kind", { detail: radio.value })));
    }
    const choose = (/** @type {string} */ id, /** @type {(value: string) => Partial<Prefs>} */ take, /** @type {Item|null} */ again) => {
      byId(id, HTMLElement).addEventListener("change", (e) => {
        Object.assign(this.prefs, take(/** @type {HTMLInputElement} */ (e.target).value));
        writePrefs(this.prefs);
        if (again) this.results[again] = "wait";
        if (again === "microphone") this.start();
        this.#changed();
      });
    };
    choose("check-microphone-device", (v) => ({ microphone: v }), "microphone");
    choose("check-speaker-device", (v) => ({ speaker: v }), "speaker");
    choose("check-ringer-device", (v) => ({ ringer: v }), null);
    choose("check-volume", (v) => ({ volume: Number(v) / 100 }), null);
    choose("check-ring-volume", (v) => ({ ringVolume: Number(v) / 100 }), null);
  }

  /** The test tone comes from where the caller will be heard, as loud as the caller will be. */
  async #tone() {
    await this.ringtone.test(this.prefs.speaker, this.prefs.volume);
  }

  /** Asked by a click, never on loading: a page that asks unasked is refused for good. */
  async #notify() {
    const answer = "Notification" in window ? await Notification.requestPermission() : "denied";
    put(part(this.dialog, "notify-word"), text(answer === "granted" ? "desk.js.check.notified" : "desk.js.check.notnotified"));
  }
}

/** @param {HTMLSelectElement} select @param {MediaDeviceInfo[]} found @param {string} chosen */
function fill(select, found, chosen) {
  const real = found.filter((d) => d.deviceId !== "" && d.deviceId !== "default" && d.deviceId !== "communications");
  const options = [option("", text("desk.js.check.default")), ...real.map((d, i) => option(d.deviceId, d.label || text("desk.js.check.device", i + 1)))];
  select.replaceChildren(...options);
  select.value = real.some((d) => d.deviceId === chosen) ? chosen : "";
}

/** @param {string} value @param {string} words */
function option(value, words) {
  const o = /** @type {HTMLOptionElement} */ (make("option", "", words));
  o.value = value;
  return o;
}
