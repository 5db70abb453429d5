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

it("forgets nothing that has only to wait for its turn", async () => {
  const lists = vi.fn(() => Promise.resolve(new Response(JSON.stringify({ files: [], screens: [] }), { headers: { "content-type": "application/json" } })));
  vi.stubGlobal("fetch", lists);
  const desk = new Desk({ seal: () => new Promise(() => undefined), version: 1, standing: "in" } as unknown as Group, "anna", new EventTarget() as Window);
  desk.send([new File(["a"], "a.txt"), new File(["b"], "b.txt")], { to: [], everybody: false });
  await desk.load();
  expect(desk.sendings.map((one) => one.said.text)).toEqual(["a.txt", "b.txt"]);
  expect(desk.busy).toBe(true);
});
