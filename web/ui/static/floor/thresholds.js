// @ts-check
// Thresholds of this screen: what the hotline suggests, unless somebody has set others here. They stay in this browser.

import { byId, el } from "./dom.js";
import { word } from "../texts.js";

/** @typedef {import("./board.js").QueueSetup} QueueSetup */

const KEY = "wall.thresholds";
/** @type {{name: "waiting" | "ring" | "share" | "missing", most: number}[]} */
const FIELDS = [{ name: "waiting", most: 999 }, { name: "ring", most: 99 }, { name: "share", most: 100 }, { name: "missing", most: 999 }];

/** @returns {Record<string, Record<string, number>>} */
function kept() {
  try {
    const all = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return all && typeof all === "object" ? all : {};
  } catch {
    return {}; // somebody else's text under our key
  }
}

/**
 * Applies what was set on this screen, and lets the form change it.
 * @param {QueueSetup[]} setups
 */
export function fitThresholds(setups) {
  const own = kept();
  const body = byId("thresholds-rows");
  for (const s of setups) {
    for (const { name, most } of FIELDS) {
      const n = own[s.name]?.[name];
      if (Number.isInteger(n) && n >= 0 && n <= most) s.alarm[name] = n;
    }
    const row = el("tr");
    const head = el("th", "", s.title);
    head.scope = "row";
    row.append(head);
    for (const { name, most } of FIELDS) {
      const input = el("input");
      Object.assign(input, { type: "number", min: "0", max: String(most), value: String(s.alarm[name]) });
      input.setAttribute("aria-label", `${s.title}: ${word("floor.js.threshold.", name)}`);
      input.addEventListener("change", () => {
        if (!input.checkValidity()) { input.value = String(s.alarm[name]); return; }
        s.alarm[name] = Math.round(Number(input.value));
        const all = kept();
        all[s.name] = { ...all[s.name], [name]: s.alarm[name] };
        localStorage.setItem(KEY, JSON.stringify(all));
      });
      const cell = el("td");
      cell.append(input);
      row.append(cell);
    }
    body.append(row);
  }
}
