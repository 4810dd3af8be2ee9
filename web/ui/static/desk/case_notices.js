// @ts-check
// Words about saving: always visible, never a surprise.
import { text } from "../texts.js";

/** @typedef {import("./case_draft.js").State} State */

/** @type {{state: State, since: number, why: string}} */
const shown = { state: "saved", since: Date.now(), why: "" };

/** @param {State} state @param {number} since @param {string} why */
export function savedWords(state, since, why) {
  Object.assign(shown, { state, since, why });
  paint();
}

function words() {
  switch (shown.state) {
    case "saving": return text("work.js.saved.saving");
    case "not": return text("work.js.saved.not");
    case "signin": return text("work.js.saved.signin");
    case "refused": return text("work.js.saved.refused", shown.why);
  }
  const seconds = Math.floor((Date.now() - shown.since) / 1000);
  if (seconds < 2) return text("work.js.saved.now");
  return seconds < 60 ? text("work.js.saved.ago", seconds) : text("work.js.saved.min", Math.floor(seconds / 60));
}

function paint() {
  const place = document.getElementById("case-saved");
  if (!place) return;
  if (place.dataset.state !== shown.state) {
    place.dataset.state = shown.state;
    const voice = document.getElementById("case-voice"); // the count of seconds is not read out, trouble is
    if (voice) voice.textContent = shown.state === "saved" || shown.state === "saving" ? "" : words();
  }
  const w = words();
  if (place.textContent !== w) place.textContent = w;
}
setInterval(paint, 1000);

/** The label of a field, as the form has it. @param {string} name */
function label(name) {
  const field = document.querySelector(`#desk-work [name="${CSS.escape(name)}"]`);
  const l = field?.id ? document.querySelector(`label[for="${CSS.escape(field.id)}"]`) : field?.closest("label, fieldset")?.querySelector("legend, span");
  return (l?.textContent ?? name).trim();
}

/**
 * Tells that a field was typed in two places, with the other text, and lets people choose.
 * @param {"lost" | "other" | "case"} kind @param {string} name @param {string} other @param {() => void} theirs @param {() => void} mine
 */
export function notice(kind, name, other, theirs, mine) {
  const place = document.getElementById("case-clashes");
  if (!place) return;
  for (const old of place.querySelectorAll("[data-of]")) if (old instanceof HTMLElement && old.dataset.of === name) old.remove();
  const box = document.createElement("div");
  box.className = "clash";
  box.dataset.of = name;
  const p = document.createElement("p");
  const short = other.trim() === "" ? text("work.js.empty") : other.length > 160 ? `${other.slice(0, 160)}…` : other;
  p.textContent = kind === "lost" ? text("work.js.clash.lost", label(name), short) : kind === "other" ? text("work.js.clash.other", label(name), short) : text("work.js.clash.case", label(name), short);
  p.title = other;
  box.append(p, button(kind === "other" ? text("work.js.clash.mine") : text("work.js.clash.theirs"), theirs, box), button(kind === "case" ? text("work.js.clash.mine") : text("work.js.clash.ok"), mine, box));
  place.append(box);
}

/** @param {string} words @param {() => void} does @param {HTMLElement} box */
function button(words, does, box) {
  const b = document.createElement("button");
  b.type = "button";
  b.className = "button button-small";
  b.textContent = words;
  b.addEventListener("click", () => {
    box.remove();
    does();
  });
  return b;
}
