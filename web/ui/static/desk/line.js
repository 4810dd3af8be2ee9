// @ts-check
// The softphone's way to the switch: one SIP websocket and one registration (RFC 7118, RFC 3261 §10), kept up by itself.

import { Registerer, RegistererState, UserAgent, Web } from "../vendor/sip.js";
import { waitFor } from "./backoff.js";

/** @typedef {"off"|"connecting"|"registered"|"waiting"|"refused"} LineState */

/**
 * @typedef {object} LineOptions
 * @property {string} server ws(s) address
 * @property {string} uri sip:LOGIN@realm
 * @property {string} [login]
 * @property {boolean} [visitor] calls, and does not register
 * @property {string} [ha1] MD5(login:realm:secret), RFC 2617 §3.2.2.2
 * @property {string} [name] shown to the other side
 * @property {RTCIceServer[]} [ice]
 * @property {() => Promise<MediaStream>} microphone
 * @property {(invitation: import("../vendor/sip.js").Invitation) => void} [onInvite]
 */

const expires = 120; // seconds; half of it is the longest a dead websocket stays unnoticed

/**
 * Events: "state" whenever state, retryAt or others changed.
 */
export class Line extends EventTarget {
  /** @param {LineOptions} options */
  constructor(options) {
    super();
    this.options = options;
    /** @type {LineState} */
    this.state = "off";
    this.retryAt = 0;
    this.others = 0;
    this.attempt = 0;
    this.stopped = false;
    /** @type {ReturnType<typeof setTimeout>|0} */
    this.timer = 0;
    const uri = UserAgent.makeURI(options.uri);
    if (!uri) throw new Error(`not a SIP address: ${options.uri}`);
    this.agent = new UserAgent({
      uri,
      // SIP.js puts the name between quotes as it is: one inside would make a From that nobody can read (RFC 3261 §25.1).
      displayName: (options.name ?? "").replace(/["\\]/g, "'"),
      authorizationUsername: options.login ?? "",
      authorizationHa1: options.ha1 ?? "",
      transportOptions: { server: options.server, connectionTimeout: 8, keepAliveInterval: 20 },
      sessionDescriptionHandlerFactory: Web.defaultSessionDescriptionHandlerFactory(() => options.microphone()),
      // Candidates of the own machine are there at once; nobody answers a phone to wait five seconds for a dead STUN server. A relay that
      // has to be asked over TLS is given a moment more: where it is needed it is the only way.
      sessionDescriptionHandlerFactoryOptions: { iceGatheringTimeout: relays(options.ice) ? 1500 : 500, peerConnectionConfiguration: { iceServers: options.ice ?? [] } },
      noAnswerTimeout: 90,
      logBuiltinEnabled: false,
      logConfiguration: false,
      userAgentString: "hotline-desk",
      delegate: {
        onConnect: () => this.#register(),
        onDisconnect: () => this.#lost(),
        onInvite: (invitation) => options.onInvite?.(invitation),
      },
    });
    /** @type {Registerer|null} */
    this.registerer = null;
    if (!options.visitor) {
      this.registerer = new Registerer(this.agent, { expires, refreshFrequency: 50 });
      this.registerer.stateChange.addListener((s) => this.#registration(s));
    }
    // A network that comes back is tried at once, not when the back-off says so.
    this.online = () => this.hurry();
  }

  start() {
    this.stopped = false;
    window.addEventListener("online", this.online);
    this.#set("connecting");
    this.agent.start().catch(() => this.#lost());
  }

  /** Tries again at once when it waits. */
  hurry() {
    this.#retry(0);
  }

  /** Takes the registration back and closes the websocket. A talk that still runs is ended by whoever owns it, before. */
  async stop() {
    this.stopped = true;
    clearTimeout(this.timer);
    window.removeEventListener("online", this.online);
    this.#set("off");
    await this.agent.stop().catch(() => undefined);
  }

  #register() {
    if (this.stopped) return;
    if (!this.registerer) {
      this.attempt = 0;
      this.#set("registered");
      return;
    }
    this.registerer.register({
      requestDelegate: {
        onAccept: (answer) => {
          this.others = Math.max(0, answer.message.getHeaders("contact").length - 1);
          this.attempt = 0;
          this.#set("registered");
        },
        onReject: (answer) => {
          const code = answer.message.statusCode ?? 0;
          if (code === 401 || code === 403 || code === 404) this.#refused();
          else this.#lost(); // 408 and 503 are also how a dead websocket shows
        },
      },
    }).catch(() => this.#later());
  }

  /** @param {RegistererState} s */
  #registration(s) {
    if (s === RegistererState.Unregistered && this.state === "registered" && !this.stopped) this.#lost();
  }

  // The switch does not know the account, or not this secret. It may learn it: a newcomer's comes a moment after them, and a switch that
  // started anew gets all of them again. So it is said, and asked again.
  #refused() {
    if (this.stopped) return;
    this.attempt++;
    this.#set("refused");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.state === "refused") this.#register();
    }, waitFor(this.attempt + 2));
  }

  #lost() {
    if (this.stopped || this.state === "waiting") return;
    this.#later();
  }

  #later() {
    this.attempt++;
    const wait = waitFor(this.attempt);
    this.retryAt = Date.now() + wait;
    this.#set("waiting");
    this.#retry(wait);
  }

  /** @param {number} wait milliseconds */
  #retry(wait) {
    if (this.stopped || this.state !== "waiting") return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#again(), wait);
  }

  async #again() {
    this.#set("connecting");
    try {
      // A websocket that is open but answers nothing is closed first.
      if (this.agent.isConnected()) await this.agent.transport.disconnect();
      await this.agent.reconnect();
    } catch {
      if (!this.stopped) this.#later();
    }
  }

  /** @param {LineState} state */
  #set(state) {
    this.state = state;
    this.dispatchEvent(new Event("state"));
  }
}

/**
 * The address of the SIP websocket on the page's own server.
 * @param {string} url "/sip", or a whole address as it is
 */
export function websocketOf(url) {
  const at = new URL(url, location.href);
  if (at.protocol === "http:") at.protocol = "ws:";
  if (at.protocol === "https:") at.protocol = "wss:";
  return at.href;
}

/** @param {RTCIceServer[]|undefined} ice */
function relays(ice) {
  return (ice ?? []).some((s) => s.credential);
}
