// @ts-check
/** @typedef {import("./types.js").Data} Data */
/** @typedef {import("./types.js").Action} Action */
// The engineer's page. Everything that is done is kept on the phone first and sent when there is a line; what is shown is what the server
// told last, with what is not yet sent on top.
import { text } from "../texts.js";
import { setZone } from "./dom.js";
import { effective } from "./model.js";
import { part, signed } from "./sign.js";
import * as store from "./store.js";
import { ask, newClient, send } from "./sync.js";
import * as view from "./view.js";

const login = part("visit", HTMLDivElement).dataset.login ?? "";
const screen = part("screen", HTMLDivElement);
const line = part("line", HTMLParagraphElement);
const back = part("back", HTMLButtonElement);
const key = `data@${login}`;

/** @type {Data | undefined} */
let data;
/** @type {Action[]} */
let outbox = [];
let open = decodeURIComponent(location.hash.slice(1));
/** @type {string | undefined} */
let step;
let state = "starting";
let retry = 0;
let wait = 2000;

/** What is drawn is not torn from under a finger or a pen: it waits until the press or the typing has ended. */
let pressed = false;
let behind = false;
let drawn = "";
const editing = () => document.activeElement instanceof HTMLElement && screen.contains(document.activeElement) && document.activeElement.matches("input:not([type=checkbox], [type=radio], [type=file]), textarea, select");
const catchUp = () => {
  if (behind && !pressed && !editing()) render();
};
const released = () => setTimeout(() => {
  pressed = false;
  catchUp();
}, 0);
addEventListener("pointerdown", () => { pressed = true; }, true);
addEventListener("pointerup", released, true);
addEventListener("pointercancel", released, true);
screen.addEventListener("focusout", () => setTimeout(catchUp, 0)); // often in the middle of a press: the one that leaves a field for a button

/** @param {boolean} [mine] the engineer did it, so it is drawn at once */
function render(mine = false) {
  setZone(data?.zone);
  const visits = (data?.visits ?? []).map((v) => effective(v, outbox));
  const one = visits.find((v) => v.id === open);
  const online = state === "sent" || state === "sending";
  const now = JSON.stringify([open, step, one ?? visits, one ? "" : data?.conflicts, outbox.map((a) => a.trouble ?? ""), online]);
  status();
  behind = false;
  if (now === drawn) return;
  if (!mine && (pressed || editing())) {
    behind = true;
    return;
  }
  drawn = now;
  back.hidden = !one;
  const focused = document.activeElement?.id;
  if (one) screen.replaceChildren(view.visit(one, hands(one.id), step, (code) => { step = code; render(true); scrollTo(0, 0); }));
  else screen.replaceChildren(view.list(visits, data?.conflicts ?? [], outbox, { open: show, settle, again, discard }));
  if (focused) document.getElementById(focused)?.focus();
}

/** How the line stands, above everything. */
function status() {
  const unsent = outbox.filter((a) => !a.trouble).length;
  line.dataset.state = state;
  line.dataset.unsent = String(unsent);
  const words = { offline: text("visit.js.line.offline"), signin: text("visit.js.line.signin"), trouble: text("visit.js.line.trouble"), sent: text("visit.js.line.sent"), starting: text("visit.js.line.sending"), sending: text("visit.js.line.sending") };
  line.replaceChildren(words[/** @type {keyof typeof words} */ (state)] ?? state, unsent ? ` · ${text("visit.js.line.unsent", unsent)}` : "");
  if (state === "signin") {
    const a = document.createElement("a");
    a.href = "/login?next=/visit";
    a.textContent = text("visit.js.line.login");
    line.append(" ", a);
  }
}

/** @param {string} id */
function show(id) {
  open = id;
  step = undefined;
  history.pushState(null, "", id ? `#${encodeURIComponent(id)}` : location.pathname);
  render(true);
  scrollTo(0, 0);
}
back.addEventListener("click", () => show(""));
addEventListener("popstate", () => {
  open = decodeURIComponent(location.hash.slice(1));
  render(true);
});

/** Keeps an action, shows it done, and sends it. @param {string} order @param {string} kind @param {any} body @param {Blob} [file] @param {string} [name] */
async function act(order, kind, body, file, name) {
  await store.queue({ client: newClient(), login, order, kind, body, device_at: new Date().toISOString(), ...(file && { file, file_name: name }) });
  if (kind === "complete") step = undefined;
  outbox = await store.waiting(login);
  render(true);
  soon();
}

/** Somebody did something, or the line is back: do not wait for the next turn. */
function soon() {
  wait = 2000;
  void sync();
}

/** @param {string} order */
function hands(order) {
  const visit = () => {
    const v = data?.visits.find((x) => x.id === order);
    if (!v) throw new Error("the visit is gone");
    return effective(v, outbox);
  };
  /** @param {string} s @param {string} need @param {string} shown */
  const sign = async (s, need, shown) => {
    const hand = await signed(shown, visit().contact);
    if (!hand) return false;
    await act(order, "evidence", { step: s, need, kind: "confirmation", via: "signature", shown, body: { who: hand.who, shown: hand.hash } }, hand.picture, "signature.png");
    return true;
  };
  return {
    login, sign,
    /** @param {string} kind @param {any} body @param {Blob} [file] @param {string} [name] */
    act: (kind, body, file, name) => act(order, kind, body, file, name),
    online: () => state === "sent" || state === "sending",
    /** @param {string} s @param {string} need */
    link: async (s, need) => {
      const { answer } = await ask("/visit/links", { method: "POST", body: new URLSearchParams({ order, step: s, need }) });
      if (answer?.url) linked(answer.url, answer.qr);
      else await sync();
    },
    sheet: async () => {
      const v = visit();
      const at = v.steps.find((s) => s.needs.some((n) => n.document === "work_order"))?.code ?? "";
      if (await sign(at, "signed", view.sheetText(v))) await act(order, "sheet", {});
    },
    /** @param {string} to @param {string} how @param {string} [mail] address; "" = that of the contact */
    handCopy: (to, how, mail) => {
      const at = visit().steps.find((s) => s.needs.some((n) => n.document === "work_order"))?.code ?? "";
      return act(order, "copy", { step: at, need: "copy", body: { how, to, mail } });
    },
  };
}

/** @param {string} url @param {string} [qr] */
function linked(url, qr) {
  part("link-url", HTMLParagraphElement).textContent = url;
  part("qr", HTMLImageElement).src = qr ?? "";
  part("linked", HTMLDialogElement).showModal();
}

/** @param {import("./types.js").Conflict} c @param {string} said */
async function settle(c, said) {
  await ask(`/visit/conflicts/${encodeURIComponent(c.client)}`, { method: "POST", body: new URLSearchParams({ said }) });
  await sync();
}

/** @param {Action} a */
async function again(a) {
  await store.change({ ...a, client: newClient(), trouble: undefined });
  await sync();
}

/** @param {Action} a */
async function discard(a) {
  await store.sent(/** @type {number} */ (a.seq));
  await sync();
}

/** Sends what waits and asks how things stand. */
let running = false;
let wanted = false;
async function sync() {
  if (running) {
    wanted = true;
    return;
  }
  running = true;
  clearTimeout(retry);
  try {
    do {
      wanted = false;
      if (outbox.length) {
        state = state === "sent" ? "sending" : state;
        render();
      }
      const result = await send(login);
      state = result.state;
      for (const answer of result.answers) if (answer.url) linked(answer.url, answer.qr);
      if (state === "sent") {
        const fresh = await ask("/visit/data");
        state = fresh.state === "refused" ? "trouble" : fresh.state;
        if (fresh.state === "sent") {
          data = fresh.answer;
          await store.put(key, data);
        }
      }
      outbox = await store.waiting(login);
    } while (wanted);
  } finally {
    running = false;
  }
  render();
  wait = state === "sent" ? 2000 : Math.min(wait * 2, 60_000);
  if (state !== "signin") retry = setTimeout(sync, state === "sent" ? 60_000 : wait);
}

/** Lets the page open without network: says to the worker of what it is made. */
async function keepPage() {
  if (!("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register("/visit-worker.js", { scope: "/visit" });
  const { active } = await navigator.serviceWorker.ready;
  const made = performance.getEntriesByType("resource").map((e) => new URL(e.name).pathname);
  const linkedFiles = [...document.querySelectorAll("link[href], script[src]")].map((e) => new URL(e.getAttribute("href") ?? e.getAttribute("src") ?? "", location.href).pathname);
  const frame = await fetch("/visit"); // by the page, not by the worker: in the language that the page is shown in
  if (!frame.ok || frame.redirected) return;
  await (await caches.open("visit-1")).put("/visit", frame);
  const channel = new MessageChannel();
  channel.port1.onmessage = () => { part("visit", HTMLDivElement).dataset.kept = "yes"; };
  active?.postMessage({ keep: [...new Set([...made, ...linkedFiles])] }, [channel.port2]);
}

part("linked", HTMLDialogElement).addEventListener("close", soon); // the customer has answered meanwhile
part("sync", HTMLButtonElement).addEventListener("click", soon);
addEventListener("online", soon);
document.addEventListener("visibilitychange", () => { if (!document.hidden) void sync(); });

await store.only(login);
data = await store.get(key);
outbox = await store.waiting(login);
render();
void sync();
keepPage().catch(() => undefined); // without a worker the page needs the network to open; all else works
