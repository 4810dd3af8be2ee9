// @ts-check
// A session that ended while somebody typed: they sign in where they are, and go on.
import { text } from "../texts.js";

/** @type {(() => void)[]} */
let waiting = [];

/** A dialog takes the keyboard: it waits for a pause, or the rest of the sentence would go into the password. */
const pause = 1500;
let typed = -pause;
let asking = 0;
for (const kind of ["input", "keydown"]) document.addEventListener(kind, () => (typed = performance.now()), true);

/** Asks for the password; then() runs when somebody is signed in again. @param {() => void} then */
export function askPassword(then) {
  waiting.push(then);
  ask();
}

function ask() {
  const d = document.getElementById("case-signin");
  if (!(d instanceof HTMLDialogElement) || d.open) return;
  clearTimeout(asking);
  const left = pause - (performance.now() - typed);
  if (left > 0) asking = setTimeout(ask, left);
  else d.showModal();
}

document.getElementById("case-signin-form")?.addEventListener("submit", async (e) => {
  e.preventDefault();
  const login = document.getElementById("signin-login");
  const password = document.getElementById("signin-password");
  const trouble = document.getElementById("signin-trouble");
  if (!(login instanceof HTMLInputElement) || !(password instanceof HTMLInputElement) || !trouble) return;
  trouble.hidden = true;
  let words = "";
  try {
    const answer = await fetch("/api/v1/login", {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ login: login.value, password: password.value, cookie: true }),
    });
    if (!answer.ok) words = answer.status === 401 || answer.status === 422 ? text("work.js.signin.wrong") : text("work.js.signin.failed");
  } catch {
    words = text("work.js.signin.failed");
  }
  password.value = "";
  if (words) {
    trouble.hidden = false;
    trouble.textContent = words;
    password.focus();
    return;
  }
  const d = document.getElementById("case-signin");
  if (d instanceof HTMLDialogElement) d.close();
  const all = waiting;
  waiting = [];
  for (const then of all) then();
});
