// @vitest-environment happy-dom
import { flushSync } from "svelte";
import { expect, it } from "vitest";
import { LiveStore } from "../src/lib/live/store";
import { delta, snap } from "./scripted";

it("a change of one path tells only who reads it", () => {
  const store = new LiveStore();
  const seen = { a: [] as unknown[], b: [] as unknown[], none: 0, things: 0 };
  const stop = $effect.root(() => {
    $effect(() => void seen.a.push(store.value("a/light.on")));
    $effect(() => void seen.b.push(store.value("b/light.on")));
    $effect(() => {
      store.value("c/light.on");
      seen.none++;
    });
    $effect(() => {
      store.things();
      seen.things++;
    });
  });
  flushSync();
  store.snap(snap(1, { "a/light.on": [false, 1], "b/light.on": [false, 1] }), true);
  flushSync();
  store.delta(delta(2, { "a/light.on": [true, 2] }));
  flushSync();
  expect(seen.a).toEqual([undefined, false, true]);
  expect(seen.b).toEqual([undefined, false]);
  expect(seen.none).toBe(1);
  expect(seen.things).toBe(1);
  store.delta(delta(3, { "a/thing.info": [{ name: "Lamp" }, 3] }));
  flushSync();
  expect(seen.things).toBe(2);
  expect(seen.a).toHaveLength(3);
  stop();
});

it("shows this screen's wish at once and lets the hub's word replace it", () => {
  const store = new LiveStore();
  store.setOwnWish("a/light.on", { target: true, state: "queued", key: "K1", expires: 9 });
  expect(store.wish("a/light.on")?.state).toBe("queued");
  store.delta(delta(1, {}, { wish: { "a/light.on": [true, "sent", "K1", 9] } }));
  expect(store.wish("a/light.on")?.state).toBe("sent");
  store.delta(delta(2, { "a/light.on": [true, 5] }, { wish: { "a/light.on": null } }));
  expect(store.wish("a/light.on")).toBeUndefined();
});

it("the end of an older wish does not take a newer one away", () => {
  const store = new LiveStore();
  store.setOwnWish("a/light.on", { target: true, state: "asked", key: "K1", expires: 9 });
  store.setOwnWish("a/light.on", { target: false, state: "asked", key: "K2", expires: 9 });
  store.setOwnWish("a/light.on", undefined, "K1");
  expect(store.wish("a/light.on")?.key).toBe("K2");
});
