// @ts-check
// The customer's time and the plan are one until both were set: whoever fills in the one gets it in the other, so that nobody is sent at
// another time than the customer was told without meaning it.
const form = /** @type {HTMLFormElement} */ (document.querySelector("#arrange"));
const pairs = ["day", "from", "to"];
/** @type {Record<string, string>} */
const other = { promised: "planned", planned: "promised" };
const together = pairs.every((p) => field(`promised_${p}`).value === field(`planned_${p}`).value);
const set = new Set(); // by hand
let following = false;

/** @param {string} name */
function field(name) {
  return /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
}

form.addEventListener("change", (e) => {
  const [time, part] = /** @type {HTMLInputElement} */ (e.target).name.split("_");
  const follows = other[time ?? ""];
  if (!together || !follows || !part || following) return;
  set.add(time);
  if (set.has(follows)) return;
  field(`${follows}_${part}`).value = field(`${time}_${part}`).value;
  following = true;
  field(`${follows}_${part}`).dispatchEvent(new Event("change", { bubbles: true })); // who is free then is looked up anew
  following = false;
});

export {};
