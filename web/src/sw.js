/* Keeps the shell of the cockpit, so that it opens without the hub. Never the API: facts come from the hub alone.
   The list is filled in by the build. A new version is fetched beside the running one and takes over at the next
   start: nothing is interrupted. */
const SHELL = self.__SHELL__;
const CACHE = `shell-${SHELL.version}`;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(SHELL.files)));
});

// The page asks for this at its start, when nothing is under way yet.
self.addEventListener("message", (event) => event.data === "take over" && self.skipWaiting());

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      // The version before stays: a page that still runs it finds its parts.
      const old = (await caches.keys()).filter((name) => name.startsWith("shell-") && name !== CACHE);
      await Promise.all(old.slice(0, -1).map((name) => caches.delete(name)));
      await self.clients.claim();
    })(),
  );
});

async function kept(request, everywhere) {
  const here = await (await caches.open(CACHE)).match(request, { ignoreSearch: true });
  return here || (everywhere && (await caches.match(request, { ignoreSearch: true }))) || fetch(request);
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin || url.pathname.includes("/api/")) return;
  const home = new URL("./", location.href);
  if (event.request.mode === "navigate") {
    // Other pages of the hub (the certificate's install guide) are not ours to answer.
    if (url.pathname === home.pathname) event.respondWith(kept(home.href, false));
  } else event.respondWith(kept(event.request, url.pathname.includes("/assets/")));
});
