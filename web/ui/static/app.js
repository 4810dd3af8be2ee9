// @ts-check
// What every page does: messages that can be closed, menus that close, and words for a network that does not answer.
import "./ringbar.js";
import { text } from "./texts.js";
import { watchBell } from "./bell.js";

/**
 * Shows a message at the corner of the page.
 * @param {string} what @param {string} [act] what to do about it
 * @param {"trouble" | "good" | ""} [kind]
 */
export function message(what, act = "", kind = "") {
  const toast = document.createElement("div");
  toast.className = `toast ${kind && `toast-${kind}`}`;
  if (kind === "trouble") toast.setAttribute("role", "alert");
  const body = document.createElement("div");
  const head = document.createElement("strong");
  head.textContent = what;
  body.append(head);
  if (act) {
    const p = document.createElement("p");
    p.textContent = act;
    body.append(p);
  }
  const close = document.createElement("button");
  close.type = "button";
  close.className = "toast-close";
  close.dataset.close = "";
  close.setAttribute("aria-label", text("ui.js.close"));
  close.textContent = "✕";
  toast.append(body, close);
  document.getElementById("messages")?.append(toast);
}

document.addEventListener("click", (e) => {
  const target = e.target instanceof Element ? e.target : null;
  target?.closest("[data-close]")?.closest(".toast")?.remove();
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(target)) menu.removeAttribute("open");
  }
});

document.addEventListener("keydown", (e) => {
  if (e.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.removeAttribute("open");
    if (menu.contains(document.activeElement)) menu.querySelector("summary")?.focus();
  }
});

document.addEventListener("htmx:sendError", () => message(text("ui.js.offline"), text("ui.js.offline.do"), "trouble"));

// On a narrow screen the place where one is may lie beyond the edge of its bar.
for (const here of document.querySelectorAll(".nav [aria-current], .subnav [aria-current], .tabs [aria-current]")) here.scrollIntoView({ block: "nearest", inline: "center" });

watchBell();
