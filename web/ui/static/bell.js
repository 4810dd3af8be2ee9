// @ts-check
// The bell in the top bar: how much one was told and has not read. Pages with a live stream hear of it at once, the others look every minute.

/** Keeps the count beside the bell, if the page has one. */
export function watchBell() {
  const count = document.querySelector(".bell .bell-count");
  if (!(count instanceof HTMLElement)) return;
  const look = async () => {
    if (document.visibilityState === "hidden") return;
    try {
      const answer = await fetch("/notifications/unread", { cache: "no-store", headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const unread = Number((await answer.json()).unread);
      count.hidden = unread === 0;
      count.textContent = unread > 99 ? "99+" : String(unread);
    } catch {
      // Without a network the bell is silent; the page itself says what is wrong.
    }
  };
  document.addEventListener("hotline:told", look);
  document.addEventListener("visibilitychange", look);
  setInterval(look, 60_000);
  void look();
}
