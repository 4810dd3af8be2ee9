// @ts-check
// Moving visits by keyboard: Alt with ← → shifts by 15 minutes (a day in the week), with ↑ ↓ gives it to the next engineer.
let busy = false;

document.addEventListener("keydown", async (e) => {
  const block = /** @type {HTMLElement | null} */ (/** @type {Element} */ (e.target).closest("[data-testid=block]"));
  if (!block || !e.altKey || !e.key.startsWith("Arrow")) return;
  e.preventDefault();
  if (busy) return;
  const plan = /** @type {HTMLElement} */ (document.querySelector("#plan"));
  const week = plan.dataset.view === "week";
  /** @type {Record<string, string>} */
  const values = { day: plan.dataset.day ?? "", view: plan.dataset.view ?? "" };
  if (e.key === "ArrowLeft" || e.key === "ArrowRight") {
    values.minutes = String((e.key === "ArrowLeft" ? -1 : 1) * (week ? 1440 : 15));
  } else {
    const all = engineers(plan);
    const next = all[all.indexOf(block.dataset.engineer ?? "") + (e.key === "ArrowUp" ? -1 : 1)];
    if (!next) return;
    values.engineer = next;
  }
  busy = true;
  try {
    await htmx.ajax("post", `/dispatch/calendar/${block.dataset.id}/move`, { target: "#plan", swap: "outerHTML", values });
    document.getElementById(`block-${document.querySelector("#plan")?.getAttribute("data-moved")}`)?.focus();
  } finally {
    busy = false;
  }
});

/** @param {HTMLElement} plan */
function engineers(plan) {
  return (plan.dataset.engineers ?? "").split(" ").filter(Boolean);
}

export {};
