import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LiveStore } from "../src/lib/live/store";
import { ThingView } from "../src/lib/things/house";
import { held, Holding, STILL, type Speeds } from "../src/panels/home/turning.svelte";
import { snap } from "./scripted";

const LEFT: Speeds = [-0.6, 0, 0];
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A hub that answers after `ms`. */
function hub(ms = 0) {
  const said: Speeds[] = [];
  let broken = false;
  const holding = new Holding(async (speeds) => {
    await new Promise((done) => setTimeout(done, ms));
    if (broken) throw new Error("offline");
    said.push(speeds);
  });
  return { said, holding, cut: () => (broken = true) };
}

test("what is held is said over and over, and the stop last", async () => {
  const { said, holding } = hub();
  holding.hold(LEFT);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(said.length).toBeGreaterThanOrEqual(4);
  holding.hold(STILL);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(said.at(-1)).toBe(STILL);
  expect(said.filter((one) => one === STILL)).toHaveLength(1);
});

test("a slow hub hears the stop after the turn, never before it", async () => {
  const { said, holding } = hub(700);
  holding.hold(LEFT);
  await vi.advanceTimersByTimeAsync(100);
  holding.end();
  await vi.advanceTimersByTimeAsync(3_000);
  expect(said).toEqual([LEFT, STILL]);
});

test("when the line breaks nothing is said any more", async () => {
  const { said, holding, cut } = hub();
  holding.hold(LEFT);
  await vi.advanceTimersByTimeAsync(10);
  cut();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(said).toEqual([LEFT]);
  expect(vi.getTimerCount()).toBe(0);
});

test("letting go of what was not held says nothing", async () => {
  const { said, holding } = hub();
  holding.end();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(said).toEqual([]);
});

test("a camera of another site offers no button that would be refused", () => {
  const store = new LiveStore();
  const camera = { name: "Yard", link: "yard", kind: "camera", traits: ["camera"], signals: { "camera.turn": { allowed: ["left", "in", "stop"] } } };
  store.snap(
    snap(1, {
      "yard/thing.info": [{ ...camera, site: "home" } as never, 1],
      "dash/thing.info": [{ ...camera, site: "car" } as never, 1],
      "hub/site.home": [{ id: "home", name: "Home" } as never, 1],
    }),
    true,
  );
  const ways = ["up", "left", "in"] as const;
  expect(held(new ThingView(store, "dash"), ways)).toEqual(["left", "in"]);
  expect(held(new ThingView(store, "yard"), ways)).toEqual([]);
});
