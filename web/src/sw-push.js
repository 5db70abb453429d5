/* Push: shows what the hub sends, and opens the page that it is about. The hub has worded it; nothing is fetched, so it
   shows also where the hub can't be reached from here. */
self.addEventListener("push", (event) => event.waitUntil(told(event.data)));

/* How late, in s, a message counts as come too late. Push services drop what is worth no more; one that is later by
   hours than that tells of a clock that is wrong here, and the door may well be rung now. */
const LATE = [30, 6 * 3600];
/* So long, in ms, a page may take to answer; one that hangs shows nothing. */
const PATIENCE = 2500;
/* Safari takes push away from pages that get messages and show none, whatever is on the screen. */
const ALWAYS = /AppleWebKit/.test(navigator.userAgent) && !/Chrom(e|ium)\//.test(navigator.userAgent);

async function told(data) {
  let said;
  try {
    said = data.json();
  } catch {
    said = {};
  }
  if (said.id && !ALWAYS && (await onScreen(said.id))) return;
  const labels = said.labels || {};
  const gone = said.until ? Date.now() / 1000 - said.until : 0;
  const late = Boolean(said.late) && gone > LATE[0] && gone < LATE[1];
  const actions = said.id && labels.seen ? [{ action: "open", title: labels.open }, { action: "seen", title: labels.seen }] : [];
  await self.registration.showNotification((late && said.late) || said.title || "Wayhome", {
    body: said.body || "",
    lang: said.lang || "",
    icon: new URL("icon-192.png", location.href).href,
    badge: new URL("badge-96.png", location.href).href,
    tag: said.id ? `notice-${said.id}` : "notice",
    renotify: !late,
    silent: late,
    requireInteraction: said.urgent === true,
    timestamp: said.at ? said.at * 1000 : Date.now(),
    actions,
    data: { id: said.id || "" },
  });
}

function windows() {
  return self.clients.matchAll({ type: "window", includeUncontrolled: true });
}

/* Whether somebody has it before their eyes already: a page that is looked at, and hears the hub, says so itself. */
async function onScreen(id) {
  const seen = (await windows()).filter((page) => page.visibilityState === "visible").map((page) => asked(page, id));
  return (await Promise.all(seen)).includes(true);
}

function asked(page, id) {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = (answer) => resolve(answer.data === true);
    setTimeout(resolve, PATIENCE, false);
    page.postMessage({ shows: id }, [port2]);
  });
}

self.addEventListener("notificationclick", (event) => {
  const { notification } = event;
  const { id } = notification.data || {};
  event.waitUntil(event.action === "seen" && id ? seen(notification, id) : open(notification));
});

async function seen(notification, id) {
  const body = JSON.stringify({ ids: [id] });
  const headers = { "Content-Type": "application/json" };
  const url = new URL("api/notices/seen", location.href);
  const answer = await fetch(url, { method: "POST", credentials: "same-origin", headers, body }).catch(() => undefined);
  // Where the hub has not heard of it, it stays: that says so.
  if (answer && answer.ok) notification.close();
}

async function open(notification) {
  notification.close();
  const home = new URL("./", location.href).href;
  const pages = (await windows()).filter((one) => one.url.startsWith(home));
  const page = pages.find((one) => one.visibilityState === "visible") || pages[0];
  if (!page) return self.clients.openWindow(`${home}#/notices`);
  // The page goes there by itself: a page that is open must not be loaded anew.
  page.postMessage({ go: "notices" });
  await page.focus().catch(() => undefined);
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
