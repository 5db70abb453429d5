// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { longPress } from "../src/lib/look/long_press";
import { Hold } from "../src/lib/parts/hold.svelte";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What a browser tells of a finger, or a key, with the time at which it was. */
function told<E extends Event>(event: E, at: number): E {
  Object.defineProperty(event, "timeStamp", { value: at });
  return event;
}

const finger = (type: string, at: number) => told(new PointerEvent(type, { bubbles: true, isPrimary: true }), at);
const space = (type: string, at: number) => told(new KeyboardEvent(type, { key: " " }), at);

describe("on a page that was busy, and hears of the letting go before its own timer", () => {
  test("what was held for long enough is held, once", () => {
    const held = vi.fn();
    const { events } = new Hold(held, () => false);
    events.onpointerdown(finger("pointerdown", 1_000));
    events.onpointerup(finger("pointerup", 1_710));
    events.onpointerleave(finger("pointerleave", 1_710));
    expect(held).toHaveBeenCalledTimes(1);
    events.onkeydown(space("keydown", 3_000));
    events.onkeyup(space("keyup", 3_900));
    vi.advanceTimersByTime(5_000);
    expect(held).toHaveBeenCalledTimes(2);
  });

  test("what was let go too early, or slid away from, is not", () => {
    const held = vi.fn();
    const hold = new Hold(held, () => false);
    hold.events.onpointerdown(finger("pointerdown", 1_000));
    hold.events.onpointerup(finger("pointerup", 1_690));
    expect(hold.brief).toBe(true);
    for (const end of [hold.events.onpointerleave, hold.events.onpointercancel]) {
      hold.events.onpointerdown(finger("pointerdown", 2_000));
      end(finger(end === hold.events.onpointerleave ? "pointerleave" : "pointercancel", 2_900));
    }
    vi.advanceTimersByTime(5_000);
    expect(held).not.toHaveBeenCalled();
  });

  test("a long press is one, and no tap", () => {
    const run = vi.fn();
    const tapped = vi.fn();
    const tile = document.body.appendChild(document.createElement("button"));
    tile.addEventListener("click", tapped);
    const off = longPress(run)(tile);
    tile.dispatchEvent(finger("pointerdown", 1_000));
    tile.dispatchEvent(finger("pointerup", 1_560));
    tile.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    vi.advanceTimersByTime(5_000);
    expect([run.mock.calls.length, tapped.mock.calls.length]).toEqual([1, 0]);
    tile.dispatchEvent(finger("pointerdown", 9_000));
    tile.dispatchEvent(finger("pointerup", 9_500));
    tile.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    vi.advanceTimersByTime(5_000);
    expect([run.mock.calls.length, tapped.mock.calls.length]).toEqual([1, 1]);
    off?.();
  });
});
