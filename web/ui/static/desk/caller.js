// @ts-check
// The telephone of somebody who calls the hotline from a page: no registration, one call, and an account only where the switch wants one.

import { Inviter, SessionState, UserAgent } from "../vendor/sip.js";
import { Line, websocketOf } from "./line.js";
import { MicrophoneError, openMicrophone } from "./media.js";
import { Talk } from "./talk.js";

/** @typedef {{login: string, realm: string, ha1: string, path: string}} CallerAccount */

/**
 * @typedef {object} CallerOptions
 * @property {HTMLAudioElement} audio where the agent is heard
 * @property {string} [url] "/sip"
 * @property {string} [host] of the SIP addresses; the page's own when left out
 * @property {string} [number] the caller's; anonymous when left out (RFC 3323 §4.1.1.3)
 * @property {string} [name]
 * @property {RTCIceServer[]} [ice]
 * @property {string} [microphone] device id
 * @property {CallerAccount} [account] of this call; then number and name count for nothing
 */

/** @typedef {"idle"|"connecting"|"calling"|"ringing"|"talking"|"ended"} CallerState */

/**
 * Events: "change" (state, reason, status); "quality" (CustomEvent, detail Grade).
 *
 *   const caller = new Caller({ audio, number: "13800138000", name: "王芳" });
 *   caller.addEventListener("change", () => show(caller.state, caller.reason));
 *   await caller.call("4000000000");
 */
export class Caller extends EventTarget {
  /** @param {CallerOptions} options */
  constructor(options) {
    super();
    this.options = options;
    /** @type {CallerState} */
    this.state = "idle";
    /** Why it ended: "", mic-refused, mic-missing, mic-busy, mic-insecure, unreached, refused, hung-up */
    this.reason = "";
    this.status = 0; // SIP status of a refusal
    this.muted = false;
    /** @type {Line|null} */
    this.line = null;
    /** @type {Talk|null} */
    this.talk = null;
  }

  /**
   * Dials. Resolves when the call is on its way; what becomes of it is told by events.
   * @param {string} did the hotline's number
   */
  async call(did) {
    if (this.line) return;
    const o = this.options;
    const account = o.account;
    const host = account?.realm ?? o.host ?? location.hostname;
    const number = o.number?.replace(/[^0-9+*#]/g, "") ?? "";
    this.#set("connecting");
    /** @type {MediaStream} */
    let stream;
    try {
      stream = (await openMicrophone(o.microphone ?? "")).stream;
    } catch (e) {
      return this.#end(e instanceof MicrophoneError ? e.kind : "mic-busy");
    }
    const anonymous = number ? `sip:${number}@${host}` : "sip:anonymous@anonymous.invalid";
    const line = new Line({
      server: websocketOf(account?.path ?? o.url ?? "/sip"), uri: account ? `sip:${account.login}@${host}` : anonymous, name: o.name ?? "",
      login: account?.login, ha1: account?.ha1, visitor: true,
      ice: o.ice ?? [], microphone: async () => stream,
    });
    this.line = line;
    line.addEventListener("state", () => {
      if (line.state === "registered" && this.state === "connecting") this.#invite(line, did, host);
      if (line.state === "waiting" && this.state !== "talking") this.#end("unreached");
    });
    line.start();
  }

  /** @param {Line} line @param {string} did @param {string} host */
  #invite(line, did, host) {
    const target = UserAgent.makeURI(`sip:${did.replace(/[^0-9+*#]/g, "")}@${host}`);
    if (!target) return this.#end("refused");
    const inviter = new Inviter(line.agent, target);
    const talk = new Talk(inviter, this.options.audio);
    this.talk = talk;
    talk.addEventListener("begun", () => this.#set("talking"));
    talk.addEventListener("ended", () => this.#end(this.status ? "refused" : "hung-up"));
    talk.addEventListener("quality", (e) => this.dispatchEvent(new CustomEvent("quality", { detail: /** @type {CustomEvent} */ (e).detail })));
    this.#set("calling");
    inviter.invite({
      sessionDescriptionHandlerOptions: /** @type {any} */ ({ constraints: { audio: true, video: false } }),
      requestDelegate: {
        onProgress: (r) => r.message.statusCode === 180 && this.#set("ringing"),
        onReject: (r) => {
          this.status = r.message.statusCode ?? 0;
        },
      },
    }).catch(() => this.#end("unreached"));
  }

  /** @param {boolean} muted */
  mute(muted) {
    this.muted = muted;
    this.talk?.setMuted(muted);
    this.dispatchEvent(new Event("change"));
  }

  /** @param {string} key 0-9 * # */
  async press(key) {
    await this.talk?.press(key);
  }

  /** Ends the call, or the try. */
  async hangUp() {
    const t = this.talk;
    if (t && t.session.state !== SessionState.Terminated) await t.end();
    this.#end("hung-up");
  }

  /** @param {string} reason */
  #end(reason) {
    if (this.state === "ended") return;
    this.reason = reason;
    this.#set("ended");
    this.line?.stop();
  }

  /** @param {CallerState} state */
  #set(state) {
    this.state = state;
    this.dispatchEvent(new Event("change"));
  }
}
