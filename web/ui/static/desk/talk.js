// @ts-check
// One conversation over a SIP session: sound both ways, mute, keys, quality, and what keeps it alive when the network moves.

import { SessionState } from "../vendor/sip.js";
import { silence } from "./media.js";
import { Meter } from "./quality.js";
import { sampleOf } from "./stats.js";

/** @typedef {import("../vendor/sip.js").Session} Session */

/**
 * Events: "ended"; "quality" (CustomEvent, detail Grade) each second; "stalled" when sound could not flow for seconds, "flowing" when it
 * does again; "microphone-lost".
 */
export class Talk extends EventTarget {
  /**
   * @param {Session} session
   * @param {HTMLAudioElement} audio where the other side is heard
   */
  constructor(session, audio) {
    super();
    this.session = session;
    this.audio = audio;
    this.muted = false;
    this.held = false;
    this.over = false;
    this.stalled = false;
    this.meter = new Meter();
    /** @type {ReturnType<typeof setInterval>|0} */
    this.timer = 0;
    this.brokenAt = 0;
    this.restarts = 0;
    /** @type {{close: () => void}|null} */
    this.silence = null; // what is sent while there is no microphone
    session.stateChange.addListener((s) => {
      if (s === SessionState.Established) this.#begin();
      if (s === SessionState.Terminated) this.#end();
    });
  }

  /** @returns {RTCPeerConnection|undefined} */
  get connection() {
    return this.#handler?.peerConnection;
  }

  /** @returns {import("../vendor/sip.js").Web.SessionDescriptionHandler|undefined} */
  get #handler() {
    return /** @type {any} */ (this.session.sessionDescriptionHandler);
  }

  #begin() {
    const handler = this.#handler;
    if (!handler) return;
    this.audio.srcObject = handler.remoteMediaStream;
    this.audio.play().catch(() => this.dispatchEvent(new Event("audio-blocked")));
    this.#watchMicrophone();
    this.setMuted(this.muted);
    this.timer = setInterval(() => this.#look(), 1000);
    this.dispatchEvent(new Event("begun"));
  }

  #end() {
    if (this.over) return;
    this.over = true;
    clearInterval(this.timer);
    this.silence?.close();
    this.audio.srcObject = null;
    this.dispatchEvent(new Event("ended"));
  }

  /** @param {boolean} muted */
  setMuted(muted) {
    this.muted = muted;
    for (const sender of this.connection?.getSenders() ?? []) if (sender.track) sender.track.enabled = !muted;
  }

  /**
   * Sends one key: as telephone-event (RFC 4733), or as INFO where the other side does not take those.
   * @param {string} key 0-9 * #
   */
  async press(key) {
    const dtmf = this.connection?.getSenders().find((s) => s.track?.kind === "audio")?.dtmf;
    if (dtmf?.canInsertDTMF) {
      dtmf.insertDTMF(dtmf.toneBuffer + key, 160, 70);
      return;
    }
    await this.session.info({
      requestOptions: { body: { contentDisposition: "render", contentType: "application/dtmf-relay", content: `Signal=${key}\r\nDuration=160` } },
    });
  }

  /** Takes another microphone without a gap. @param {MediaStream} stream */
  async useMicrophone(stream) {
    const track = stream.getAudioTracks()[0];
    const sender = this.connection?.getSenders().find((s) => s.track?.kind === "audio") ?? this.connection?.getSenders()[0];
    if (!sender || !track) return;
    const old = sender.track;
    track.enabled = !this.muted;
    await sender.replaceTrack(track);
    old?.stop();
    this.silence?.close();
    this.silence = null;
    this.#watchMicrophone();
  }

  /** There is no microphone: goes on without a voice, so that the switch does not take this phone for dead. */
  async useNoMicrophone() {
    if (this.silence || this.over) return;
    const silent = silence();
    await this.useMicrophone(silent.stream);
    this.silence = silent;
  }

  /** The name of the microphone, "" when there is none. */
  get microphone() {
    return this.silence ? "" : this.connection?.getSenders().find((s) => s.track?.kind === "audio")?.track?.label ?? "";
  }

  #watchMicrophone() {
    for (const sender of this.connection?.getSenders() ?? []) {
      sender.track?.addEventListener("ended", () => this.dispatchEvent(new Event("microphone-lost")), { once: true });
    }
  }

  /**
   * After the websocket came back: tells the switch where we are now, and restarts ICE when sound does not flow. The talk stays as it is
   * when the switch wants none of it; only "no such call" (481) ends it, which SIP.js does itself.
   * @param {boolean} restart
   */
  async renew(restart) {
    if (this.session.state !== SessionState.Established) return;
    try {
      await this.session.invite(restart ? { sessionDescriptionHandlerOptions: /** @type {any} */ ({ offerOptions: { iceRestart: true } }) } : {
        sessionDescriptionHandlerOptions: {},
      });
    } catch {
      // Another exchange is under way: it does the same service.
    }
  }

  /** Ends it from our side. */
  async end() {
    const s = this.session;
    if (s.state === SessionState.Established) await s.bye().catch(() => undefined);
    else if ("reject" in s) await /** @type {import("../vendor/sip.js").Invitation} */ (s).reject().catch(() => undefined);
    else if ("cancel" in s) await /** @type {import("../vendor/sip.js").Inviter} */ (s).cancel().catch(() => undefined);
    this.#end();
  }

  async #look() {
    const c = this.connection;
    if (!c || this.over) return;
    const grade = this.meter.add(sampleOf(await c.getStats(), performance.now()), { muted: this.muted, held: this.held });
    if (this.over) return;
    this.dispatchEvent(new CustomEvent("quality", { detail: grade }));
    this.#mend(c.iceConnectionState);
  }

  /** A path that is broken for four seconds is looked for anew, then every ten. @param {RTCIceConnectionState} state */
  #mend(state) {
    if (state === "connected" || state === "completed") {
      this.brokenAt = this.restarts = 0;
      this.#stall(false);
      return;
    }
    if (state !== "disconnected" && state !== "failed") return;
    const now = performance.now();
    this.brokenAt ||= now;
    if (now - this.brokenAt < 4000 + 10_000 * this.restarts) return;
    this.restarts++;
    this.#stall(true);
    this.renew(true);
  }

  /** @param {boolean} stalled */
  #stall(stalled) {
    if (this.stalled === stalled) return;
    this.stalled = stalled;
    this.dispatchEvent(new Event(stalled ? "stalled" : "flowing"));
  }
}
