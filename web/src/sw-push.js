/* Push: shows what the hub sends, and opens the page that it is about. The hub has worded it; nothing is fetched, so it
   shows also where the hub can't be reached from here. */
self.addEventListener("push", (event) => event.waitUntil(told(event.data)));

async function told(data) {
  let said;
  try {
    said = data.json();
  } catch {
    said = {};
  }
  const labels = said.labels || {};
  const actions = said.id && labels.seen ? [{ action: "open", title: labels.open }, { action: "seen", title: labels.seen }] : [];
  await self.registration.showNotification(said.title || "Wayhome", {
    body: said.body || "",
    lang: said.lang || "",
    icon: new URL("icon-192.png", location.href).href,
    badge: new URL("badge-96.png", location.href).href,
    tag: said.id ? `notice-${said.id}` : "notice",
    renotify: true,
    requireInteraction: said.urgent === true,
    timestamp: said.at ? said.at * 1000 : Date.now(),
    actions,
    data: { id: said.id || "" },
  });
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { id } = event.notification.data || {};
  event.waitUntil(event.action === "seen" && id ? seen(id) : open());
});

async function seen(id) {
  const body = JSON.stringify({ ids: [id] });
  const headers = { "Content-Type": "application/json" };
  await fetch(new URL("api/notices/seen", location.href), { method: "POST", credentials: "same-origin", headers, body }).catch(() => undefined);
}

async function open() {
  const home = new URL("./", location.href).href;
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const page = pages.find((one) => one.url.startsWith(home));
  if (!page) return self.clients.openWindow(`${home}#/notices`);
  await page.focus();
  // The page goes there by itself: a page that is open must not be loaded anew.
  page.postMessage({ go: "notices" });
}

/* The browser has changed its subscription by itself: the hub is told the new one. */
self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renewed()));

async function renewed() {
  const api = (name) => new URL(`api/notices/${name}`, location.href);
  const answer = await fetch(api("push_key"), { credentials: "same-origin" });
  if (!answer.ok) return;
  const { key } = await answer.json();
  const fresh = (await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key })).toJSON();
  const body = JSON.stringify({ endpoint: fresh.endpoint, p256dh: fresh.keys.p256dh, auth: fresh.keys.auth });
  await fetch(api("subscribe"), { method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json" }, body });
}
