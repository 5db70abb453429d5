// @vitest-environment happy-dom
import { flushSync } from "svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Still } from "../src/panels/home/still.svelte";

/** How often a picture is asked for in 20 s of looking, by a page whose effect follows the camera. */
async function asked(answer: () => Promise<Response>): Promise<number> {
  // Who asks without pause is let hang, or the test would never end.
  const ask = vi.fn(() => (ask.mock.calls.length > 50 ? new Promise<Response>(() => undefined) : answer()));
  vi.stubGlobal("fetch", ask);
  const still = new Still("bell", () => 0);
  const stop = $effect.root(() => {
    $effect(() => still.follow());
  });
  for (let moment = 0; moment < 200; moment++) {
    flushSync();
    await vi.advanceTimersByTimeAsync(100);
  }
  stop();
  still.end();
  return ask.mock.calls.length;
}

describe("a camera that is looked at", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("Image", class {
      src = "";
      decode = () => Promise.resolve();
    });
    URL.createObjectURL = () => "blob:made";
    URL.revokeObjectURL = () => undefined;
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  it("is asked for a picture every five seconds, not after each one", async () => {
    const calls = await asked(() => Promise.resolve(new Response("a picture")));
    expect(calls).toBeGreaterThanOrEqual(4);
    expect(calls).toBeLessThanOrEqual(5);
  });

  it("is asked no more often when none comes", async () => {
    const calls = await asked(() => Promise.reject(new TypeError("nobody there")));
    expect(calls).toBeGreaterThanOrEqual(4);
    expect(calls).toBeLessThanOrEqual(5);
  });

  it("is asked no more often while they take their time", async () => {
    const calls = await asked(() => new Promise((done) => setTimeout(() => done(new Response("late")), 7_000)));
    expect(calls).toBeGreaterThanOrEqual(2);
    expect(calls).toBeLessThanOrEqual(3);
  });
});
