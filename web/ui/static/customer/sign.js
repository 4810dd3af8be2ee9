// @ts-check
// A hand on a screen: the signature becomes a picture in the form when it is sent. Who cannot write on the screen lets the typed name stand.

import SignaturePad from "../vendor/signature_pad.js";
import { text } from "../texts.js";

/** @template {Element} T @param {string} id @param {new () => T} kind @returns {T} */
function part(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${id}`);
  return found;
}

const canvas = part("pad", HTMLCanvasElement);
const state = part("pad-state", HTMLParagraphElement);
const form = part("signing", HTMLFormElement);
const field = part("signature", HTMLInputElement);
const who = part("who", HTMLInputElement);
const pad = new SignaturePad(canvas, { backgroundColor: "rgb(255,255,255)", penColor: "rgb(16,24,48)", minWidth: 1, maxWidth: 2.6 });
let typed = "";

const say = (/** @type {string} */ key) => { state.textContent = key === "" ? "" : text(key); };

/** Fits the canvas to its place, at most two dots a pixel: a signature stays far below what a form may carry. */
function fit() {
  const scale = Math.min(window.devicePixelRatio || 1, 2);
  const strokes = pad.toData();
  canvas.width = canvas.offsetWidth * scale;
  canvas.height = canvas.offsetHeight * scale;
  canvas.getContext("2d")?.scale(scale, scale);
  pad.clear();
  if (typed !== "") write(typed);
  else pad.fromData(strokes);
}

/** @param {string} name */
function write(name) {
  const g = canvas.getContext("2d");
  if (!g) return;
  pad.clear();
  g.fillStyle = "rgb(16,24,48)";
  g.textBaseline = "middle";
  let size = 64;
  do {
    g.font = `italic ${size}px "KaiTi", "STKaiti", serif`;
    size -= 4;
  } while (size > 16 && g.measureText(name).width > canvas.offsetWidth - 32);
  g.fillText(name, 16, canvas.offsetHeight / 2);
}

pad.addEventListener("beginStroke", () => { if (typed !== "") { typed = ""; pad.clear(); } });
pad.addEventListener("endStroke", () => say("link.js.signed"));
part("clear", HTMLButtonElement).addEventListener("click", () => { typed = ""; pad.clear(); say(""); });
part("typed", HTMLButtonElement).addEventListener("click", () => {
  if (who.value.trim() === "") { say("link.js.name"); who.focus(); return; }
  typed = who.value.trim();
  write(typed);
  say("link.js.signed");
});
form.addEventListener("submit", (e) => {
  if (typed === "" && pad.isEmpty()) { e.preventDefault(); say("link.js.empty"); return; }
  field.value = canvas.toDataURL("image/png");
});
let width = 0;
new ResizeObserver(() => {
  if (canvas.offsetWidth !== width) { width = canvas.offsetWidth; fit(); }
}).observe(canvas);
