/** The browser's own means for keeping: its idle time, its locks, its store. */

import { ulid } from "../ulid";
import type { Pace } from "./pace";
import { BrowserShelf } from "./shelf";

export function browserShelf(win: Window & typeof globalThis): BrowserShelf {
  return new BrowserShelf(() => {
    try {
      return win.indexedDB;
    } catch {
      return undefined; // forbidden here
    }
  });
}

export function browserPace(win: Window): Pace {
  return {
    now: () => Date.now(),
    lap: () => performance.now(),
    later: (ms, run) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    idle: (run) => {
      if ("requestIdleCallback" in win) win.requestIdleCallback((deadline) => run(() => deadline.timeRemaining()), { timeout: 2_000 });
      else setTimeout(() => run(() => 2), 50);
    },
    breath: () => new Promise((resolve) => setTimeout(resolve)),
    stamp: () => ulid(Date.now(), (bytes) => crypto.getRandomValues(bytes)),
    alone: () => alone(win.navigator),
  };
}

/** One page of a browser keeps the picture: two would mix theirs. The others take over when it is closed. */
function alone(navigator: Navigator): Promise<boolean> {
  if (!("locks" in navigator)) return Promise.resolve(false);
  return new Promise((resolve) => {
    const held = () => {
      resolve(true);
      return new Promise<never>(() => undefined);
    };
    navigator.locks.request("wayhome.kept", held).catch(() => resolve(false));
  });
}
