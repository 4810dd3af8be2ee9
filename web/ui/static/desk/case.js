// @ts-check
// The case side of the desk. The live side (phone, pop, presence) speaks to it only by events on document: hotline:owned and
// hotline:talk bring a case, hotline:over says that the talk has ended.
import { message } from "../app.js";
import { text } from "../texts.js";
import { now } from "../clock.js";
import { Draft, isField } from "./case_draft.js";
import { filesIn, upload } from "./case_files.js";
import { choices, follow, goTo, insertTemplate, setTime, showMissing } from "./case_form.js";
import { drop, fail, use } from "./case_known.js";
import { notice, savedWords } from "./case_notices.js";
import { askPassword } from "./case_signin.js";

/** @type {Draft | null} */
let draft = null;
let tried = false;

function work() {
  const e = document.getElementById("desk-work");
  if (!e) throw new Error("the page has no #desk-work");
  return e;
}

const signIn = () => askPassword(() => void draft?.save(false));

/** Takes the panels into care that are on the page now. */
function take() {
  const root = work();
  if (draft?.root === root) {
    draft.look();
    return;
  }
  draft?.end();
  tried = false;
  if (root.dataset.finished) Draft.forget(root.dataset.login ?? "", root.dataset.finished);
  draft = null;
  if (!root.dataset.case) return;
  draft = new Draft(root, {
    onState: savedWords,
    onMissing: showMissing,
    onClash: (kind, name, other, theirs, mine) => notice(kind, name, other, theirs, mine),
    onSignIn: signIn,
  });
  if (root.dataset.closed !== undefined) draft.end();
  follow();
}

/** Loads come one after the other: the answer to an earlier one must not replace that to a later one. */
let loading = Promise.resolve();

/** Loads the case of a call, after what is typed was kept. @param {string} call */
function load(call) {
  loading = loading.then(() => bring(call)).catch(failed);
}

/** @param {string} call */
async function bring(call) {
  if (!call || work().dataset.call === call) return;
  const typing = document.activeElement;
  await draft?.flush(2000);
  await htmx.ajax("get", `/desk/work?call=${encodeURIComponent(call)}`, { target: "#desk-work", swap: "outerHTML" });
  history.replaceState(null, "", "/desk"); // a reload comes back to the call
  if (typing instanceof HTMLElement && typing.isConnected) typing.focus();
  await places();
}

/** Counts the places beside the case on the desk anew. */
function places() {
  return htmx.ajax("get", `/desk/counts?here=desk&case=${encodeURIComponent(work().dataset.case ?? "")}`, { target: "#desk-places", swap: "outerHTML" });
}

async function finish() {
  if (!draft) return;
  tried = true;
  const number = draft.number;
  await draft.flush(3000);
  const form = document.getElementById("case-form");
  if (!(form instanceof HTMLFormElement)) return;
  const note = document.getElementById("f-note");
  await htmx.ajax("post", `/desk/cases/${encodeURIComponent(number)}/finish`, {
    source: form, target: "#desk-work", swap: "outerHTML", values: note instanceof HTMLTextAreaElement ? { note: note.value } : {},
  });
  if (work().dataset.finished) await places();
  else await draft?.save(false);
}

document.addEventListener("input", (e) => {
  const t = e.target;
  if (!(t instanceof Element) || !isField(t) || !draft) return;
  draft.touch(t.name);
  if (t.name === "product" || t.name === "category") follow();
});
document.addEventListener("change", (e) => {
  const t = e.target;
  if (t instanceof HTMLInputElement && t.type === "file" && t.closest("#case-files")) {
    const files = [...(t.files ?? [])];
    t.value = "";
    void upload(work(), files, signIn);
    return;
  }
  if (t instanceof HTMLSelectElement && t.id === "case-template") t.dataset.chosen = "true";
  if (t instanceof Element && isField(t)) draft?.touch(t.name);
});
document.addEventListener("focusout", (e) => {
  if (e.target instanceof Element && isField(e.target) && draft?.dirty) void draft.save(true);
});

document.addEventListener("click", (e) => {
  const t = e.target instanceof Element ? e.target.closest("button, summary") : null;
  if (!(t instanceof HTMLElement)) return;
  if (t.id === "case-finish") void finish();
  else if (t.id === "case-template-insert") insertTemplate();
  else if (t.id === "case-more-open") dialog("case-more")?.showModal();
  else if (t.dataset.goto) goTo(t.dataset.goto);
  else if (t.dataset.when) setTime(t, zoned());
  else if (t.dataset.shut !== undefined) t.closest("dialog")?.close();
  else if (t.dataset.use !== undefined && draft) use(t, draft).catch(failed);
  else if (t.dataset.failed !== undefined && draft) fail(t, draft).catch(failed);
  else if (t.dataset.drop !== undefined && draft) drop(t, draft).catch(failed);
});

const failed = () => message(text("ui.js.offline"), text("ui.js.offline.do"), "trouble");

/** The server's time on the clock of the visitor's zone, in which times are typed; the device may be in another. */
function zoned() {
  const at = new Date(now());
  try {
    const parts = new Intl.DateTimeFormat("en-GB", {
      timeZone: work().dataset.zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric",
    }).formatToParts(at);
    const of = (/** @type {string} */ type) => Number(parts.find((p) => p.type === type)?.value);
    return new Date(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"));
  } catch {
    return at; // a server in its own "Local" zone names none
  }
}

/** @param {string} id */
function dialog(id) {
  const d = document.getElementById(id);
  return d instanceof HTMLDialogElement ? d : null;
}

document.addEventListener("keydown", (e) => {
  if (e.defaultPrevented || e.isComposing) return;
  if (e.key === "Enter" && e.ctrlKey) {
    if (dialog("case-more")?.open) document.querySelector("#case-more-body form button")?.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
    else void finish();
    e.preventDefault();
  } else if (e.key.toLowerCase() === "s" && e.ctrlKey) {
    e.preventDefault();
    void draft?.save(true);
  } else if (e.key === "Enter" && e.target instanceof HTMLInputElement && e.target.closest("#case-form")) {
    e.preventDefault(); // one key too many must not finish a case
  } else if (e.altKey && !e.ctrlKey && !e.metaKey && shortcut(e.key.toLowerCase())) {
    e.preventDefault();
  }
});

/** @param {string} key @returns {boolean} whether it did something */
function shortcut(key) {
  const end = ["solved", "remote", "onsite", "referred", "callback"][Number(key) - 1];
  if (end && draft) {
    draft.type("outcome", end);
    const first = document.querySelector(`[data-end~="${end}"] :is(textarea, input:not([type=hidden]), select)`);
    if (first instanceof HTMLElement) first.focus();
    return true;
  }
  /** @type {Record<string, string>} */
  const places = { n: "#case-more-open", q: "#case-template-insert", f: "#case-files input", s: "#solution-q", i: "#who-title", b: "#f-subject" };
  const place = places[key] && document.querySelector(places[key]);
  if (!(place instanceof HTMLElement)) return false;
  if (key === "n" || key === "q" || key === "f") place.click();
  else place.focus();
  return true;
}

// Nothing typed is lost when the window goes, and what others did is seen when it comes back.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    if (draft?.dirty) void draft.save(false, true);
  } else void draft?.poll();
});
addEventListener("pagehide", () => {
  if (draft?.dirty) void draft.save(false, true);
});
addEventListener("online", () => void draft?.save(false));
setInterval(() => {
  if (!document.hidden) void draft?.poll();
}, 20_000);

// Requests of the panels wait until what is typed is kept, because their answers show it again.
document.body.addEventListener("htmx:confirm", (e) => {
  const from = e.target;
  if (!(e instanceof CustomEvent) || !(from instanceof Element) || !from.closest("#desk-who, .panel-head, #case-more-body") || !draft?.dirty) return;
  e.preventDefault();
  void draft.flush(3000).then(() => e.detail.issueRequest(true));
});
document.body.addEventListener("htmx:beforeOnLoad", (e) => {
  if (e instanceof CustomEvent && e.detail.xhr.status === 401) {
    e.preventDefault();
    signIn();
  }
});
document.body.addEventListener("htmx:afterSettle", (e) => {
  take();
  if (!(e instanceof CustomEvent) || !(e.target instanceof HTMLElement)) return;
  const focus = e.target.querySelector("[data-focus]");
  if (focus instanceof HTMLElement) focus.focus();
  else if (document.activeElement === document.body && e.target.id === "desk-who") document.getElementById("who-title")?.focus();
  const lacks = [...document.querySelectorAll("#case-missing [data-goto]")];
  if (e.target.id === "case-missing" && tried) {
    showMissing(lacks.map((b) => (b instanceof HTMLElement ? { name: b.dataset.goto ?? "", code: b.dataset.code ?? "", text: b.textContent ?? "" } : { name: "", code: "", text: "" })));
    const first = lacks[0];
    if (first instanceof HTMLElement) goTo(first.dataset.goto ?? "");
  }
});
document.body.addEventListener("case:taken", (e) => {
  if (e instanceof CustomEvent) draft?.taken(e.detail.fields ?? []);
});

// Files by drop and paste, anywhere on the case.
document.addEventListener("dragover", (e) => {
  if (e.target instanceof Element && e.target.closest("#desk-case") && e.dataTransfer?.types.includes("Files")) e.preventDefault();
});
document.addEventListener("drop", (e) => {
  if (!(e.target instanceof Element) || !e.target.closest("#desk-case") || !e.dataTransfer?.files.length) return;
  e.preventDefault();
  void upload(work(), filesIn(e.dataTransfer), signIn);
});
document.addEventListener("paste", (e) => {
  if (!e.clipboardData?.files.length || !work().dataset.case || choices().max_file === 0) return;
  e.preventDefault();
  void upload(work(), filesIn(e.clipboardData), signIn);
});

/** @param {string} kind @param {(detail: any) => void} does */
function hear(kind, does) {
  document.addEventListener(`hotline:${kind}`, (e) => {
    if (e instanceof CustomEvent) does(e.detail ?? {});
  });
}
hear("owned", (d) => load(d.call));
hear("talk", (d) => {
  if (d.case) load(d.call); // before that the call has no case to show
});
hear("over", () => void draft?.save(true));

take();
