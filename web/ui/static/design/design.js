// @ts-check
// The components page: lets the live ring bar begin again, and shows what only appears when something happens.
import { message } from "../app.js";
import { now } from "../clock.js";
import { text } from "../texts.js";

document.getElementById("again")?.addEventListener("click", () => {
  document.getElementById("live")?.setAttribute("data-ring1", new Date(now()).toISOString());
});
document.getElementById("open-dialog")?.addEventListener("click", () => {
  const dialog = document.getElementById("dialog");
  if (dialog instanceof HTMLDialogElement) dialog.showModal();
});
document.getElementById("show-toast")?.addEventListener("click", () => {
  message(text("design.js.toast"), text("design.js.toast.do"), "trouble");
  message(text("design.js.done"), "", "good");
});
