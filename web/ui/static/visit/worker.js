// @ts-check
// Lets the engineer's page open without network: it keeps the frame and its files, never a customer's data (those are in the page's
// own database), and never answers anything else.
const worker = /** @type {any} */ (self);
const kept = "visit-1"; // app.js puts the frame there
const shell = "/visit";

worker.addEventListener("install", () => worker.skipWaiting());
worker.addEventListener("activate", (/** @type {any} */ e) => e.waitUntil((async () => {
  for (const name of await caches.keys()) if (name.startsWith("visit-") && name !== kept) await caches.delete(name);
  await worker.clients.claim();
})()));

// The page says of what it is made; what it does not need any more goes.
worker.addEventListener("message", (/** @type {any} */ e) => {
  if (!Array.isArray(e.data?.keep)) return;
  e.waitUntil((async () => {
    const cache = await caches.open(kept);
    const want = new Set(e.data.keep.filter((/** @type {string} */ path) => path.startsWith("/static/")));
    for (const request of await cache.keys()) {
      const path = new URL(request.url).pathname;
      if (path === shell) continue;
      if (want.has(path)) want.delete(path);
      else await cache.delete(request);
    }
    await cache.addAll([...want]);
    e.ports[0]?.postMessage("kept");
  })());
});

worker.addEventListener("fetch", (/** @type {any} */ e) => {
  const url = new URL(e.request.url);
  if (e.request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/static/")) e.respondWith(fromCache(e.request));
  else if (e.request.mode === "navigate" && url.pathname === shell) e.respondWith(frame(e.request));
});

/** @param {Request} request */
async function fromCache(request) {
  return (await caches.match(request, { ignoreVary: true, ignoreSearch: true })) ?? fetch(request);
}

/** The frame from the network while it answers soon, else the one that is kept. @param {Request} request */
async function frame(request) {
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(6000) });
    if (answer.status < 500) return answer;
    throw new Error(String(answer.status));
  } catch (err) {
    const old = await caches.match(shell, { ignoreVary: true });
    if (old) return old;
    throw err;
  }
}
