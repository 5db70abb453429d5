/* Keeps the shell of the cockpit, so that it opens without the hub. Never the API: facts come from the hub alone.
   The list is filled in by the build. A new version is fetched beside the running one and takes over at the next
   start: nothing is interrupted. */
const SHELL = self.__SHELL__;
const CACHE = `shell-${SHELL.version}`;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(SHELL.files)));
});

self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("shell-") && name !== CACHE;
  event.waitUntil(
    caches.keys().then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name)))).then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin || url.pathname.includes("/api/")) return;
  const home = new URL("./", location.href);
  if (event.request.mode === "navigate") {
    // Other pages of the hub (the certificate's install guide) are not ours to answer.
    if (url.pathname === home.pathname) event.respondWith(caches.match(home.href).then((kept) => kept ?? fetch(event.request)));
    return;
  }
  event.respondWith(caches.match(event.request, { ignoreSearch: true }).then((kept) => kept ?? fetch(event.request)));
});
