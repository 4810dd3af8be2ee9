// @ts-check
// The list of calls. htmx does the filtering; an export is a download and must go the browser's own way.

document.addEventListener("click", (e) => {
  const button = e.target instanceof Element ? e.target.closest("[data-export]") : null;
  if (!(button instanceof HTMLButtonElement) || !button.form) return;
  e.preventDefault();
  e.stopPropagation();
  const form = /** @type {HTMLFormElement} */ (button.form.cloneNode(true));
  // A clone forgets what selects have chosen.
  for (const select of button.form.querySelectorAll("select")) {
    const copy = form.querySelector(`select[name="${select.name}"]`);
    if (copy instanceof HTMLSelectElement) copy.value = select.value;
  }
  for (const name of form.getAttributeNames()) if (name.startsWith("hx-")) form.removeAttribute(name);
  form.removeAttribute("id");
  form.action = "/calls.csv";
  form.hidden = true;
  document.body.append(form);
  form.submit();
  form.remove();
}, true);
export {};
