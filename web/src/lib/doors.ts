/** Where else this device finds the household: the doors of its hubs, as they said last. */

const LIST = "wayhome.doors";
const CACHE = "doors";
const RENEWED = "wayhome.renewed";
const DOOR = /^https:\/\/[a-z0-9.-]+(:\d+)?$/;

/** The doors that are known here, beside this page's own. Quick: it is asked at each connection. */
export function known(win: Window): string[] {
  try {
    const list: unknown = JSON.parse(win.localStorage.getItem(LIST) ?? "[]");
    return Array.isArray(list) ? list.map(String).filter((door) => DOOR.test(door) && door !== win.location.origin) : [];
  } catch {
    return [];
  }
}

/** The hub says where else it is found. */
export function remember(win: Window & typeof globalThis, doors: unknown): void {
  const list = (Array.isArray(doors) ? doors : []).map(String).filter((door) => DOOR.test(door));
  try {
    // Each hub says its own doors first: the same ones in another order are no news.
    const sorted = (found: readonly unknown[]) => JSON.stringify([...found].sort());
    const before: unknown = JSON.parse(win.localStorage.getItem(LIST) ?? "null");
    if (Array.isArray(before) && sorted(before) === sorted(list)) return;
    win.localStorage.setItem(LIST, JSON.stringify(list));
    // The page that opens without the hub may speak to them, too: who serves it then reads this.
    void win.caches?.open(CACHE).then((cache) => cache.put(CACHE, new Response(JSON.stringify(list)))).catch(() => undefined);
  } catch {
    // Nothing is kept here: then this screen finds its own door only.
  }
}

/** A page may speak to the doors that were known when it was opened. One that came later is in its policy once it is
 *  loaded anew, from what is kept of it: at most once for each list, and only when it is `calm`. */
export function renewWhenBlocked(win: Window & typeof globalThis, calm: () => boolean): void {
  win.document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
    const ours = known(win).some((door) => blockedURI.replace(/^ws/, "http").startsWith(door));
    if (effectiveDirective !== "connect-src" || !ours || !win.navigator.serviceWorker?.controller || !calm()) return;
    const list = win.localStorage.getItem(LIST) ?? "";
    if (win.sessionStorage.getItem(RENEWED) === list) return;
    win.sessionStorage.setItem(RENEWED, list);
    win.location.reload();
  });
}
