// @ts-check
// Declining needs a reason: from the list, and in words when it is none of them.

import { text } from "../texts.js";
import { byId, make, part, put, show } from "./parts.js";

/**
 * The reason as it is kept in the journal, code and words, or which text says what misses.
 * @param {string} chosen value of the list, "" for none
 * @param {string} more what was typed
 * @returns {{reason: string, note: string, missing: string}}
 */
export function reasonOf(chosen, more) {
  const note = more.trim();
  if (!chosen) return { reason: "", note, missing: "desk.js.pop.needreason" };
  return { reason: chosen, note, missing: chosen === "other" && !note ? "desk.js.pop.needtext" : "" };
}

/** @type {Readonly<Record<string, string>>} */
const reasons = Object.freeze({
  busy: "desk.js.decline.busy", away: "desk.js.decline.away", skill: "desk.js.decline.skill", technical: "desk.js.decline.technical",
  other: "desk.js.decline.other",
});

export class DeclineDialog {
  /** @param {(reason: string, note: string) => void} decline */
  constructor(decline) {
    this.dialog = byId("decline-dialog", HTMLDialogElement);
    this.form = /** @type {HTMLFormElement} */ (this.dialog.querySelector("form"));
    this.text = byId("decline-text", HTMLInputElement);
    this.setReasons({ codes: Object.keys(reasons), names: {} });
    this.form.addEventListener("submit", (e) => {
      const { reason, note, missing } = this.#reason();
      put(part(this.dialog, "hint"), missing ? text(missing) : "");
      if (missing) {
        e.preventDefault();
        (missing === "desk.js.pop.needtext" ? this.text : this.form.querySelector("input"))?.focus();
        return;
      }
      decline(reason, note);
    });
    this.form.addEventListener("change", () => {
      put(part(this.dialog, "hint"), "");
      if (this.#chosen()?.value === "other") this.text.focus();
    });
  }

  /** @param {{codes: string[], names: Record<string, string>}} list codes, and the operator's own words for them */
  setReasons(list) {
    part(this.dialog, "reasons").replaceChildren(...list.codes.map((code) => {
      const words = list.names[code] ?? (code in reasons ? text(reasons[code]) : code);
      const label = make("label", "check");
      const radio = document.createElement("input");
      radio.type = "radio";
      radio.name = "reason";
      radio.value = code;
      label.append(radio, make("span", "", words));
      return label;
    }));
  }

  open() {
    this.form.reset();
    put(part(this.dialog, "hint"), "");
    show(this.dialog);
    this.form.querySelector("input")?.focus();
  }

  /** The call is gone; there is nothing to decline. */
  close() {
    if (this.dialog.open) this.dialog.close();
  }

  /** @returns {HTMLInputElement|null} */
  #chosen() {
    return this.form.querySelector('input[name="reason"]:checked');
  }

  #reason() {
    return reasonOf(this.#chosen()?.value ?? "", this.text.value);
  }
}
