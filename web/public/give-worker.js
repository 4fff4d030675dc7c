// The page on which people give data opens without a network once it was open with one: the page itself and what it loads
// are kept here. Nothing of the API is: what is asked for and what waits lies in the page's own store.
const KEPT = "labelwright-give";
const PAGE = "/give/";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// The page says what it has loaded: files by hashed names that never change. What an older page had loaded goes.
self.addEventListener("message", (event) => {
  const files = Array.isArray(event.data?.files) ? event.data.files : [];
  event.waitUntil(keep(files));
});

async function keep(files) {
  const store = await caches.open(KEPT);
  const page = await fetch(PAGE, { cache: "no-store" }).catch(() => undefined);
  if (!page?.ok) return;
  await store.put(PAGE, page);
  const wanted = new Set(files.map((file) => new URL(file, self.location.origin).href));
  for (const request of await store.keys()) {
    const { href, pathname } = new URL(request.url);
    if (pathname !== PAGE && !wanted.has(href)) await store.delete(request);
  }
  await Promise.all(
    [...wanted].map(async (file) => {
      if (await store.match(file)) return;
      const found = await fetch(file).catch(() => undefined);
      if (found?.ok) await store.put(file, found);
    }),
  );
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin || url.pathname.startsWith("/api/")) return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(async () => (await caches.match(PAGE)) ?? Response.error()));
    return;
  }
  event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)));
});
