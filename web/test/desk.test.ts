import { afterEach, expect, it, vi } from "vitest";
import type { Group } from "../src/lib/sealing/group.svelte";
import { Desk } from "../src/panels/files/desk.svelte";

afterEach(() => vi.unstubAllGlobals());

it("asks whoever closes the page while something goes out, whatever they look at", () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("away")));
  const win = new EventTarget();
  const closes = () => !win.dispatchEvent(new Event("beforeunload", { cancelable: true }));
  const desk = new Desk({ seal: () => Promise.resolve("frame") } as unknown as Group, "anna", win as Window);
  expect(closes()).toBe(false);
  desk.send([new File(["road"], "road.txt")], { to: [], everybody: false });
  expect(closes()).toBe(true);
  desk.dismiss(desk.sendings[0]!);
  expect(closes()).toBe(false);
});
