// @ts-check
// Known solutions: "use this" inserts its text and links it with the case.
import { text } from "../texts.js";

/** @typedef {import("./case_draft.js").Draft} Draft */

/** @param {string} number @param {string} path @param {{kind: string, ref: string}} which */
async function post(number, path, which) {
  const answer = await fetch(`/desk/cases/${encodeURIComponent(number)}/solutions${path}`, {
    method: "POST", headers: { "HX-Request": "true", "Content-Type": "application/x-www-form-urlencoded" }, body: new URLSearchParams(which).toString(),
  });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

/** @param {HTMLElement} button @param {Draft} draft */
export async function use(button, draft) {
  const which = { kind: button.dataset.kind ?? "", ref: button.dataset.ref ?? "" };
  const found = await post(draft.number, "", which);
  draft.type("outcome", "solved");
  const before = draft.value("solved.solution");
  if (!before.includes(found.solution)) draft.type("solved.solution", before.trim() === "" ? found.solution : `${before.replace(/\s+$/, "")}\n${found.solution}`);
  const list = document.getElementById("case-used");
  list?.querySelector(`[data-ref="${CSS.escape(which.ref)}"]`)?.remove();
  list?.append(row(which, found.title));
  htmx.trigger("#solution-q", "input", {});
  document.getElementById("f-solution")?.focus();
}

/** @param {{kind: string, ref: string}} which @param {string} title */
function row(which, title) {
  const li = document.createElement("li");
  li.dataset.kind = which.kind;
  li.dataset.ref = which.ref;
  const words = document.createElement("span");
  const ref = document.createElement("b");
  ref.textContent = which.ref;
  words.append(`${text("work.js.used.with")} `, ref, ` ${title}`);
  const fails = document.createElement("button");
  fails.type = "button";
  fails.className = "link";
  fails.dataset.failed = "";
  fails.setAttribute("aria-label", `${text("work.js.used.fail")}: ${which.ref}`);
  fails.textContent = text("work.js.used.fail");
  const drop = document.createElement("button");
  drop.type = "button";
  drop.className = "link";
  drop.dataset.drop = "";
  drop.setAttribute("aria-label", `${text("work.js.used.drop")} ${which.ref}`);
  drop.textContent = "✕";
  li.append(words, fails, drop);
  return li;
}

/** It was tried and did not help. @param {HTMLElement} button @param {Draft} draft */
export async function fail(button, draft) {
  const li = button.closest("li");
  if (!li) return;
  await post(draft.number, "/failed", { kind: li.dataset.kind ?? "", ref: li.dataset.ref ?? "" });
  const said = document.createElement("span");
  said.className = "badge badge-warn";
  said.textContent = text("work.js.used.failed");
  button.replaceWith(said);
  htmx.trigger("#solution-q", "input", {});
  document.getElementById("f-solution")?.focus();
}

/** @param {HTMLElement} button @param {Draft} draft */
export async function drop(button, draft) {
  const li = button.closest("li");
  if (!li) return;
  await post(draft.number, "/drop", { kind: li.dataset.kind ?? "", ref: li.dataset.ref ?? "" });
  li.remove();
  htmx.trigger("#solution-q", "input", {});
  document.getElementById("f-solution")?.focus();
}
