// @ts-check
// Gives every form of evidence an id of its own, so that a form that is sent twice is kept once.
/** @param {ParentNode} part */
function mark(part) {
  for (const form of part.querySelectorAll("form[data-give]")) {
    const client = form.querySelector("input[name=client]");
    if (client instanceof HTMLInputElement) {
      const bytes = crypto.getRandomValues(new Uint8Array(16));
      client.value = `page-${Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("")}`;
    }
  }
}
mark(document);
document.addEventListener("hotline:fresh", (e) => mark(/** @type {CustomEvent<Element>} */ (e).detail));

// Opens the step that the address names.
const target = location.hash.startsWith("#step-") ? document.getElementById(location.hash.slice(1)) : null;
target?.querySelector("details")?.setAttribute("open", "");
