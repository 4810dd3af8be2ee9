// @ts-check
// The softphone of the desk, and the one call of a caller's page (Caller, in caller.js). It knows SIP and sound, and nothing of
// presence, cases or what a call means: the server tells the desk that.

import { SessionState } from "../vendor/sip.js";
import { Lines } from "./lines.js";
import { MicrophoneError, close, devices, openMicrophone, speakThrough } from "./media.js";
import { Talk } from "./talk.js";

export { Caller } from "./caller.js";

/** @typedef {import("../vendor/sip.js").Invitation} Invitation */
/** @typedef {import("./line.js").Line} Line */
/** @typedef {import("./types.js").Account} Account */
/** @typedef {import("./types.js").PhoneState} PhoneState */
/** @typedef {import("./prefs.js").Prefs} Prefs */

/**
 * Events: "change" (see state); "ring" (CustomEvent, detail {number, name}); "silent" when it need not ring any more; "quality"
 * (CustomEvent, detail Grade).
 */
export class Phone extends EventTarget {
  /**
   * @param {HTMLAudioElement} audio where callers are heard
   * @param {Prefs} prefs
   */
  constructor(audio, prefs) {
    super();
    this.audio = audio;
    this.prefs = prefs;
    /** @type {PhoneState} */
    this.state = { line: "off", retryAt: 0, others: 0, at: 0, of: 0, away: [], cut: false, session: "none", muted: false, trouble: "", devices: [] };
    /** @type {Lines|null} */
    this.lines = null;
    /** @type {Talk|null} */
    this.talk = null;
    /** @type {Line|null} */
    this.line = null; // by which the call came
    /** @type {Invitation|null} */
    this.invitation = null;
    /** @type {MediaStream|null} */
    this.microphone = null;
    this.autoAnswer = false;
    this.turn = 0;
    this.ice = /** @type {RTCIceServer[]} */ ([]);
    /** @type {Map<string, string>} */
    this.names = new Map(); // of devices by id: one that is gone tells its name no more
    navigator.mediaDevices?.addEventListener?.("devicechange", () => this.#plugged());
    this.#permission();
    this.use(prefs);
  }

  /** Registers at every switch. @param {Account} account */
  start(account) {
    this.relay(account.ice ?? []);
    const lines = new Lines(account, { ice: this.ice, microphone: () => this.#microphone(), onInvite: (i, line) => this.#invited(i, line) });
    this.lines = lines;
    lines.addEventListener("state", (e) => this.#lined(lines, /** @type {CustomEvent} */ (e).detail));
    lines.start();
  }

  /** Ends a call that is up and takes the registrations back. */
  async stop() {
    const lines = this.lines;
    this.lines = null;
    await this.talk?.end();
    this.#set({ line: "off", others: 0, retryAt: 0, at: 0, of: 0, away: [], cut: false, session: "none" });
    await lines?.stop();
  }

  /** Takes other STUN and TURN servers, for the next call and for a new path of this one. @param {RTCIceServer[]} ice */
  relay(ice) {
    this.ice.splice(0, this.ice.length, ...ice); // the lines hold this very list
    const c = this.talk?.connection;
    if (c && c.signalingState !== "closed") c.setConfiguration({ ...c.getConfiguration(), iceServers: this.ice });
  }

  /** The server misses this phone at a switch: one that has just come back is tried at once. */
  hurry() {
    this.lines?.hurry();
  }

  /** Shows that another tab of this browser has the phone. */
  elsewhere() {
    this.#set({ line: "othertab" });
  }

  /** Takes other devices or volumes. @param {Prefs} prefs */
  async use(prefs) {
    const before = this.prefs;
    this.prefs = prefs;
    this.audio.volume = prefs.volume;
    await speakThrough(this.audio, prefs.speaker);
    if (before.microphone !== prefs.microphone && this.talk) await this.#another(prefs.microphone);
  }

  /**
   * Picks up. Before the phone rings it picks up as soon as it does: the pop comes first, and nobody should have to press twice.
   */
  async answer() {
    const i = this.invitation;
    if (!i) {
      this.autoAnswer = true;
      return;
    }
    if (i.state !== SessionState.Initial) return;
    this.#set({ session: "answering", trouble: "" });
    this.dispatchEvent(new Event("silent"));
    try {
      await i.accept({ sessionDescriptionHandlerOptions: /** @type {any} */ ({ constraints: { audio: true, video: false } }) });
    } catch (e) {
      // Nobody is heard without a microphone: the call goes back to the queue instead of a silent agent.
      if (e instanceof MicrophoneError) this.#set({ trouble: e.kind });
      if (pending(i)) await i.reject({ statusCode: 480 }).catch(() => undefined);
    }
  }

  /** The wish to answer as soon as it rings is void: the pop is gone. */
  forget() {
    this.autoAnswer = false;
  }

  /** Refuses the call that rings (603, RFC 3261 §21.6.2). */
  async decline() {
    const i = this.invitation;
    if (i && pending(i)) await i.reject({ statusCode: 603 }).catch(() => undefined);
  }

  async hangUp() {
    await this.talk?.end();
  }

  /** @param {boolean} muted */
  mute(muted) {
    this.talk?.setMuted(muted);
    this.#set({ muted });
  }

  /** Only for the reading of quality: a caller on hold sends nothing. @param {boolean} held */
  held(held) {
    if (this.talk) this.talk.held = held;
  }

  /** @param {string} key 0-9 * # */
  async press(key) {
    await this.talk?.press(key);
  }

  /** After the browser kept the caller's voice back until a click. */
  async unblock() {
    await this.audio.play();
    this.#set({ trouble: "" });
  }

  /** The trouble was read, or its cause is gone. */
  soothe() {
    this.#set({ trouble: "" });
  }

  async #microphone() {
    const kept = this.microphone;
    this.microphone = null;
    if (kept && kept.getAudioTracks().some((t) => t.readyState === "live")) return kept;
    const { stream, swapped } = await openMicrophone(this.prefs.microphone);
    if (swapped) this.#set({ trouble: "mic-swapped" });
    return stream;
  }

  /** @param {Invitation} i @param {Line} line */
  async #invited(i, line) {
    if (this.talk || this.invitation) {
      if (!this.autoAnswer) {
        await i.reject({ statusCode: 486 }).catch(() => undefined); // one call at a time
        return;
      }
      // The caller is put back to us while we still hold the dead end of the same call.
      await this.talk?.end();
    }
    this.invitation = i;
    const talk = new Talk(i, this.audio);
    this.talk = talk;
    this.line = line;
    this.#follow(talk, i);
    this.#set({ session: "ringing", muted: false });
    const from = i.remoteIdentity;
    this.dispatchEvent(new CustomEvent("ring", { detail: { number: from.uri.user ?? "", name: from.displayName ?? "" } }));
    if (this.autoAnswer) {
      this.autoAnswer = false;
      await this.answer();
      return;
    }
    // Opened while it rings, so that answering waits for nothing, and a refused microphone is known before the caller is there.
    try {
      const stream = await this.#microphone();
      if (this.talk === talk && !talk.over && this.state.session === "ringing") this.microphone = stream;
      else if (this.state.session === "ringing" || talk.over) close(stream);
    } catch (e) {
      if (e instanceof MicrophoneError) this.#set({ trouble: e.kind });
    }
  }

  /** @param {Talk} talk @param {Invitation} i */
  #follow(talk, i) {
    talk.addEventListener("begun", () => {
      this.invitation = null;
      this.#learn();
      this.#set({ session: "talking" });
    });
    talk.addEventListener("ended", () => {
      if (this.talk !== talk) return;
      this.talk = this.line = null;
      if (this.invitation === i) this.invitation = null;
      close(this.microphone);
      this.microphone = null;
      this.dispatchEvent(new Event("silent"));
      this.#set({ session: "none", muted: false, cut: false, trouble: this.state.trouble.startsWith("mic-") ? this.state.trouble : "" });
    });
    talk.addEventListener("quality", (e) => this.dispatchEvent(new CustomEvent("quality", { detail: /** @type {CustomEvent} */ (e).detail })));
    talk.addEventListener("audio-blocked", () => this.#set({ trouble: "audio-blocked" }));
    talk.addEventListener("stalled", () => this.#set({ trouble: "media-lost", devices: [] }));
    talk.addEventListener("flowing", () => this.state.trouble === "media-lost" && this.#set({ trouble: "" }));
    talk.addEventListener("microphone-lost", () => this.#another(""));
  }

  /** Takes another microphone in a talk: the chosen one, or the system's when that is gone. @param {string} id */
  async #another(id) {
    const talk = this.talk;
    if (!talk) return;
    const before = talk.microphone, turn = ++this.turn; // devices come and go in bursts: the last look counts
    try {
      const { stream, swapped } = await openMicrophone(id);
      if (this.talk !== talk || talk.over || turn !== this.turn) return close(stream);
      await talk.useMicrophone(stream);
      this.#set({ ...(swapped || id !== this.prefs.microphone ? swap("mic-swapped", before, talk.microphone) : { trouble: "", devices: [] }) });
    } catch (e) {
      if (this.talk !== talk || talk.over || turn !== this.turn) return;
      // The talk goes on; the caller is still heard.
      this.#set({ trouble: e instanceof MicrophoneError && e.kind === "mic-refused" ? "mic-withdrawn" : "mic-lost", devices: before ? [before] : [] });
      await talk.useNoMicrophone();
    }
  }

  /**
   * A device came or went. A talk without a microphone takes what is there, and one with another than the chosen goes back to that; a
   * loudspeaker that is gone is replaced by the system's.
   */
  async #plugged() {
    this.dispatchEvent(new Event("devices"));
    if (this.talk && (this.talk.silence || await this.#back())) await this.#another(this.prefs.microphone);
    const wanted = this.prefs.speaker, there = await speakThrough(this.audio, wanted);
    if (!there && this.talk && this.state.trouble !== "speaker-swapped") this.#set(swap("speaker-swapped", this.names.get(wanted) ?? "", this.names.get("default") ?? ""));
    if (there && this.state.trouble === "speaker-swapped") this.#set({ trouble: "", devices: [] });
    await this.#learn();
  }

  /** Whether the chosen microphone is there again and not in use. */
  async #back() {
    const chosen = this.prefs.microphone, name = this.names.get(chosen);
    if (!chosen || !name || this.talk?.microphone === name) return false;
    return (await devices()).microphones.some((d) => d.deviceId === chosen);
  }

  /** Names of devices as long as they are there. */
  async #learn() {
    const { microphones, speakers } = await devices();
    for (const d of [...microphones, ...speakers]) if (d.label) this.names.set(d.deviceId, d.label);
  }

  /** The permission that was taken away in a talk and given back is used at once. */
  async #permission() {
    try {
      const status = await navigator.permissions.query({ name: /** @type {PermissionName} */ ("microphone") });
      status.addEventListener("change", () => {
        this.dispatchEvent(new Event("devices"));
        if (status.state === "granted" && this.talk?.silence) this.#another(this.prefs.microphone);
      });
    } catch {
      // A browser that cannot be asked: plugging in, or the check, tries again.
    }
  }

  /** @param {Lines} lines @param {Line} line that changed */
  #lined(lines, line) {
    if (this.lines !== lines) return;
    const cut = this.line === line && (line.state === "waiting" || this.state.cut);
    const mended = cut && line.state === "registered";
    this.#set({ ...lines.standing, cut: this.line === line ? cut && !mended : this.state.cut });
    if (!mended) return;
    const ice = this.talk?.connection?.iceConnectionState;
    this.talk?.renew(ice !== "connected" && ice !== "completed");
  }

  /** @param {Partial<PhoneState>} part */
  #set(part) {
    this.state = { ...this.state, ...part };
    this.dispatchEvent(new Event("change"));
  }
}

/** Whether an invitation still waits for our answer. @param {Invitation} i */
function pending(i) {
  return i.state === SessionState.Initial || i.state === SessionState.Establishing;
}

/**
 * One device in the place of another, with their names as far as they are known.
 * @param {string} trouble @param {string} lost @param {string} used
 */
function swap(trouble, lost, used) {
  return { trouble, devices: lost && used ? [lost, used] : [] };
}
