// @ts-check
// The customer's time follows the plan until somebody sets it apart.
const form = /** @type {HTMLFormElement} */ (document.querySelector("#arrange"));
const pairs = ["day", "from", "to"];
let together = pairs.every((p) => field("promised_" + p).value === field("planned_" + p).value);

/** @param {string} name */
function field(name) {
  return /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
}

form.addEventListener("change", (e) => {
  const name = /** @type {HTMLInputElement} */ (e.target).name;
  if (name.startsWith("promised_")) together = false;
  if (name.startsWith("planned_") && together) field(name.replace("planned_", "promised_")).value = field(name).value;
});

export {};
