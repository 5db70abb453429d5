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

/** The shell, which may speak to the household's other doors as far as they are known here. */
async function shell(home) {
  const here = await kept(home, false);
  const list = await (await caches.match("doors", { cacheName: "doors" }))?.json().catch(() => undefined);
  const policy = here.headers.get("content-security-policy");
  if (!Array.isArray(list) || list.length === 0 || !policy) return here;
  const places = list.flatMap((door) => [door, door.replace("https", "wss")]).join(" ");
  const headers = new Headers(here.headers);
  headers.set("content-security-policy", policy.replace(/connect-src 'self'[^;]*/, `connect-src 'self' ${places}`));
  return new Response(here.body, { status: here.status, headers });
}

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
    if (url.pathname === home.pathname) event.respondWith(shell(home.href));
  } else event.respondWith(kept(event.request, url.pathname.includes("/assets/")));
});
