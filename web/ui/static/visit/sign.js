// @ts-check
// The customer signs what is shown. Who cannot write on a screen lets the typed name stand.
import SignaturePad from "../vendor/signature_pad.js";
import { text } from "../texts.js";

/** @template {Element} T @param {string} id @param {new () => T} kind @returns {T} */
export function part(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${id}`);
  return found;
}

const dialog = part("signing", HTMLDialogElement);
const canvas = part("pad", HTMLCanvasElement);
const who = part("signer", HTMLInputElement);
const state = part("pad-state", HTMLParagraphElement);
const pad = new SignaturePad(canvas, { backgroundColor: "rgb(255,255,255)", penColor: "rgb(16,24,48)" });
let typed = "";

function fit() {
  const scale = Math.min(devicePixelRatio || 1, 2);
  const strokes = pad.toData();
  canvas.width = canvas.offsetWidth * scale;
  canvas.height = canvas.offsetHeight * scale;
  canvas.getContext("2d")?.scale(scale, scale);
  pad.clear();
  if (typed) write();
  else pad.fromData(strokes);
}

function write() {
  const g = canvas.getContext("2d");
  if (!g) return;
  pad.clear();
  g.fillStyle = "rgb(16,24,48)";
  g.textBaseline = "middle";
  let size = 60;
  do g.font = `italic ${size -= 4}px "KaiTi", "STKaiti", serif`; while (size > 16 && g.measureText(typed).width > canvas.offsetWidth - 24);
  g.fillText(typed, 12, canvas.offsetHeight / 2);
}

pad.addEventListener("beginStroke", () => {
  if (typed) pad.clear();
  typed = "";
});
part("sign-clear", HTMLButtonElement).addEventListener("click", () => { typed = ""; pad.clear(); });
part("sign-type", HTMLButtonElement).addEventListener("click", () => {
  typed = who.value.trim();
  if (typed) write();
  else who.focus();
});
new ResizeObserver(() => { if (dialog.open && canvas.offsetWidth) fit(); }).observe(canvas);

/**
 * Shows a text and waits for the signature below it; undefined when the dialog is closed without one.
 * @param {string} shown @param {string} name whom it is expected from
 * @returns {Promise<{who: string, hash: string, picture: Blob} | undefined>}
 */
export function signed(shown, name) {
  part("shown", HTMLPreElement).textContent = shown;
  who.value = name;
  typed = state.textContent = "";
  dialog.returnValue = "";
  dialog.showModal();
  fit();
  return new Promise((resolve) => {
    const now = part("sign-now", HTMLButtonElement);
    let busy = false;
    const press = async () => {
      if (busy) return; // a second tap signs nothing
      if (!who.value.trim() || (!typed && pad.isEmpty())) {
        state.textContent = text("visit.js.signempty");
        return;
      }
      busy = true;
      const hash = [...new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(shown)))].map((b) => b.toString(16).padStart(2, "0")).join("");
      canvas.toBlob((picture) => {
        end(picture ? { who: who.value.trim(), hash, picture } : undefined);
        dialog.close("signed");
      }, "image/png");
    };
    const closed = () => end(undefined);
    /** @param {{who: string, hash: string, picture: Blob} | undefined} result */
    const end = (result) => {
      now.removeEventListener("click", press);
      dialog.removeEventListener("close", closed);
      resolve(result);
    };
    now.addEventListener("click", press);
    dialog.addEventListener("close", closed);
  });
}
