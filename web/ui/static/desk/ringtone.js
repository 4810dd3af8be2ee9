// @ts-check
// The ring tone and the test tone, made by the browser itself. Its loudspeaker may be another than the one the caller is heard from,
// so that a ring is heard while the headset lies on the table.

import { speakThrough } from "./media.js";

/** @typedef {"call"|"hand"|"test"} Tune */

/** Notes of a tune: start in seconds, frequency in Hz. A hand-over falls where a call rises. @type {Readonly<Record<Tune, [number, number][]>>} */
const tunes = Object.freeze({
  call: [[0, 659.3], [0.16, 830.6], [0.32, 987.8], [0.8, 659.3], [0.96, 830.6], [1.12, 987.8]],
  hand: [[0, 987.8], [0.2, 740], [0.8, 987.8], [1, 740]],
  test: [[0, 523.3], [0.25, 659.3], [0.5, 784]],
});

const cycle = 2600; // milliseconds from one tune to the next

export class Ringtone {
  constructor() {
    /** @type {AudioContext|null} */
    this.context = null;
    /** @type {HTMLAudioElement|null} */
    this.element = null;
    /** @type {GainNode|null} */
    this.gain = null;
    /** @type {ReturnType<typeof setInterval>|0} */
    this.timer = 0;
    this.volume = 0.6;
    this.sink = "";
  }

  /** Browsers keep a page silent until it was clicked or typed in once. */
  get silenced() {
    return this.context !== null && this.context.state !== "running";
  }

  /**
   * Finds out whether the page may sound, and lets the first click or key make it.
   * @param {() => void} changed
   */
  prepare(changed) {
    this.#open();
    this.context?.addEventListener("statechange", changed);
    const first = () => this.unlock().catch(() => undefined);
    for (const sign of ["pointerdown", "keydown"]) document.addEventListener(sign, first, { once: true, passive: true });
  }

  /** To be called from a click or key: lets later rings be heard. */
  async unlock() {
    this.#open();
    await this.context?.resume();
    await this.element?.play().catch(() => undefined);
  }

  /** @param {{ringer: string, ringVolume: number}} prefs */
  async use(prefs) {
    this.volume = prefs.ringVolume;
    if (this.gain) this.gain.gain.value = prefs.ringVolume;
    if (this.sink !== prefs.ringer) {
      this.sink = prefs.ringer;
      if (this.element) await speakThrough(this.element, this.sink);
    }
  }

  /** Rings until stop. @param {Tune} tune */
  start(tune) {
    this.stop();
    this.#open();
    // A page that was never touched may not sound; the desk shows that (silenced), and the pop is there in any case.
    this.context?.resume().catch(() => undefined);
    this.element?.play().catch(() => undefined);
    this.#play(tune);
    this.timer = setInterval(() => this.#play(tune), cycle);
  }

  stop() {
    if (this.timer) clearInterval(this.timer);
    this.timer = 0;
    if (this.gain && this.context) {
      // What was scheduled fades at once instead of ringing on under the first words of the talk.
      const old = this.gain;
      old.gain.setTargetAtTime(0, this.context.currentTime, 0.02);
      setTimeout(() => old.disconnect(), 200);
      this.gain = null;
    }
  }

  /**
   * One test tone, from where and as loud as the caller will be heard.
   * @param {string} speaker device id
   * @param {number} volume 0 … 1
   */
  async test(speaker, volume) {
    const context = new AudioContext();
    const out = context.createMediaStreamDestination();
    const gain = context.createGain();
    gain.gain.value = volume;
    gain.connect(out);
    const element = new Audio();
    element.srcObject = out.stream;
    await speakThrough(element, speaker);
    await context.resume();
    await element.play().catch(() => undefined);
    for (const [start, frequency] of tunes.test) strike(context, gain, context.currentTime + start, frequency);
    setTimeout(() => context.close().catch(() => undefined), 1800);
  }

  #open() {
    if (this.context) return;
    this.context = new AudioContext();
    const out = this.context.createMediaStreamDestination();
    this.element = new Audio();
    this.element.srcObject = out.stream;
    this.out = out;
    if (this.sink) speakThrough(this.element, this.sink).catch(() => undefined);
  }

  /** @param {Tune} tune */
  #play(tune) {
    const context = this.context;
    if (!context || context.state !== "running" || !this.out) return;
    if (!this.gain) {
      this.gain = context.createGain();
      this.gain.gain.value = this.volume;
      this.gain.connect(this.out);
    }
    for (const [start, frequency] of tunes[tune]) strike(context, this.gain, context.currentTime + start, frequency);
  }
}

/** A soft bell: a fundamental and a weak octave that die away. @param {AudioContext} c @param {AudioNode} to @param {number} at @param {number} frequency */
function strike(c, to, at, frequency) {
  for (const [ratio, loud] of [[1, 0.5], [2, 0.12]]) {
    const tone = c.createOscillator();
    const shape = c.createGain();
    tone.frequency.value = frequency * ratio;
    shape.gain.setValueAtTime(0.0001, at);
    shape.gain.exponentialRampToValueAtTime(loud, at + 0.012);
    shape.gain.exponentialRampToValueAtTime(0.0001, at + 0.5);
    tone.connect(shape).connect(to);
    tone.start(at);
    tone.stop(at + 0.55);
  }
}
