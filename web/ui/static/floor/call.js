// @ts-check
// One call's page: while the call is up, the picture is drawn again after each of its events, and now and then for the time that passes.

import { openStream } from "../stream.js";
import { byId } from "./dom.js";

const PASSING = 10_000;
const call = byId("picture").dataset.call ?? "";
let pending = 0;
let busy = false;

/** Asks for the picture soon, once for a burst of events. @param {number} [after] */
function soon(after = 120) {
  clearTimeout(pending);
  pending = window.setTimeout(() => void redraw(), after);
}

async function redraw() {
  if (busy) { soon(); return; }
  busy = true;
  try {
    const answer = await fetch(`/calls/${encodeURIComponent(call)}/picture`, { headers: { "HX-Request": "true" }, cache: "no-store" });
    if (!answer.ok) throw new Error(`the picture answered ${answer.status}`);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("picture");
    const old = byId("picture");
    const scrolled = old.querySelector(".picture-scroll")?.scrollLeft ?? 0;
    if (fresh) {
      old.replaceWith(fresh);
      const box = fresh.querySelector(".picture-scroll");
      if (box) box.scrollLeft = scrolled;
    }
    if (byId("picture").dataset.live === "true") soon(PASSING);
    else setTimeout(() => stream?.close(), 3000); // the last words of the journal may still come
  } catch (err) {
    console.warn("the picture cannot be drawn now:", err);
    soon(PASSING);
  } finally { busy = false; }
}

/** @type {ReturnType<typeof openStream> | undefined} */
let stream;
if (byId("picture").dataset.live === "true") {
  stream = openStream({
    floor: true,
    onEvent: (kind, data) => { if (kind === "reset" || (data && typeof data === "object" && data.call === call)) soon(); },
  });
  soon(PASSING);
}
