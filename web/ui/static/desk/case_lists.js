// @ts-check
// Lists of the desk: bars of promised times shrink while one looks.
import { now } from "../clock.js";

function shrink() {
  for (const m of document.querySelectorAll("meter.left[data-to]")) {
    if (!(m instanceof HTMLMeterElement)) continue;
    const from = Date.parse(m.dataset.from ?? "");
    const to = Date.parse(m.dataset.to ?? "");
    if (to > from) m.value = Math.min(Math.max((to - now()) / (to - from), 0), 1);
  }
}
setInterval(shrink, 10_000);
document.body.addEventListener("htmx:afterSettle", shrink);
