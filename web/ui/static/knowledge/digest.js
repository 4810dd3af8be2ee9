// @ts-check
// The bars of the trend: their heights stand in the page as numbers, since the content security policy allows no inline style.
for (const bar of document.querySelectorAll(".trend i")) {
  if (bar instanceof HTMLElement) bar.style.setProperty("--share", bar.dataset.share ?? "0");
}
