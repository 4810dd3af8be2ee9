// @ts-check
// Suggests every time zone that this browser knows, with its own first.
const list = document.getElementById("zones");
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (list) {
  const zones = new Set([own, ...Intl.supportedValuesOf("timeZone"), "UTC"]);
  list.replaceChildren(...[...zones].map((zone) => {
    const option = document.createElement("option");
    option.value = zone;
    return option;
  }));
}
