// The service worker that opens this page without a network. It has nothing to do with any other page.
export async function keepPage(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  try {
    await navigator.serviceWorker.register("/give-worker.js", { scope: "/give/" });
    const ready = await navigator.serviceWorker.ready;
    const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
    const ours = loaded.filter((name) => {
      const { origin, pathname } = new URL(name);
      return origin === window.location.origin && !pathname.startsWith("/api/") && pathname !== "/give/";
    });
    ready.active?.postMessage({ files: [...ours, "/recorder.js", "/icon.svg"] });
  } catch {
    // Without it the page needs a network to open, and works all the same.
  }
}
