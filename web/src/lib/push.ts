/** Web push on this device: whether it can be, and turning it on and off. */

import { act, read } from "./api/call";

/** Why push is not on, each with something to do about it; `off`: nothing is in its way. */
export type Push = "on" | "off" | "denied" | "insecure" | "install" | "unsupported" | "unreachable" | "worker";

const PATIENCE = 5_000;
const IOS = /iPad|iPhone|iPod/;

function onIos(win: Window): boolean {
  // An iPad says that it is a Mac, but no Mac is touched with several fingers.
  return IOS.test(win.navigator.userAgent) || (win.navigator.userAgent.includes("Macintosh") && win.navigator.maxTouchPoints > 1);
}

async function registration(win: Window): Promise<ServiceWorkerRegistration | undefined> {
  const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), PATIENCE));
  return Promise.race([win.navigator.serviceWorker.ready, late]);
}

/** How push stands in this browser, apart from what the hub knows. */
export async function standing(win: Window): Promise<Push> {
  if (!win.isSecureContext) return "insecure";
  if (!("PushManager" in win) || !("Notification" in win) || !("serviceWorker" in win.navigator)) {
    return onIos(win) && !win.matchMedia("(display-mode: standalone)").matches ? "install" : "unsupported";
  }
  if (Notification.permission === "denied") return "denied";
  const worker = await win.navigator.serviceWorker.getRegistration();
  const subscription = await worker?.pushManager.getSubscription();
  return subscription && Notification.permission === "granted" ? "on" : "off";
}

/** Ask the person and the browser, then tell the hub. To be called when somebody has just tapped. Throws ApiError. */
export async function turnOn(win: Window, language: "en" | "zh"): Promise<Push> {
  const now = await standing(win);
  if (now !== "on" && now !== "off") return now;
  // First the question: browsers want it to follow the tap.
  if ((await Notification.requestPermission()) !== "granted") return "denied";
  const worker = await registration(win);
  if (!worker) return "worker";
  const { key } = await read<{ key: string }>("notices/push_key");
  const old = await worker.pushManager.getSubscription();
  let fresh: PushSubscription;
  try {
    if (old && !sameKey(old, key)) await old.unsubscribe();
    fresh = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  } catch (error) {
    return error instanceof DOMException && error.name === "NotAllowedError" ? "denied" : "unreachable";
  }
  const { endpoint, keys } = fresh.toJSON();
  await act("notices/subscribe", { endpoint: endpoint ?? "", p256dh: keys?.["p256dh"] ?? "", auth: keys?.["auth"] ?? "", language });
  return "on";
}

/** The hub forgets this device, and the browser its subscription. Throws ApiError. */
export async function turnOff(win: Window): Promise<void> {
  await act("notices/unsubscribe");
  const worker = await win.navigator.serviceWorker?.getRegistration();
  const subscription = await worker?.pushManager?.getSubscription();
  await subscription?.unsubscribe().catch(() => false);
}

/** This device was signed out: what it was told leaves its lock screen, and nothing more reaches it. */
export async function retire(win: Window): Promise<void> {
  const worker = await win.navigator.serviceWorker?.getRegistration().catch(() => undefined);
  for (const one of (await worker?.getNotifications?.()) ?? []) one.close();
  const subscription = await worker?.pushManager?.getSubscription().catch(() => null);
  await subscription?.unsubscribe().catch(() => false);
}

/** Whether the browser's subscription was made for this hub; one that was not hears nothing of it. */
export async function isFor(win: Window, key: string): Promise<boolean> {
  const worker = await win.navigator.serviceWorker?.getRegistration();
  const subscription = await worker?.pushManager?.getSubscription();
  return subscription ? sameKey(subscription, key) : false;
}

function sameKey(subscription: PushSubscription, key: string): boolean {
  const bytes = subscription.options.applicationServerKey;
  if (!bytes) return false;
  const text = btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  return text === key;
}
