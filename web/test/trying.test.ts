import { afterEach, expect, it, vi } from "vitest";
import { trying } from "../src/panels/keys/trying";

afterEach(() => void vi.useRealTimers());

it("tells again until it is ended, less and less often, and never less than every five minutes", () => {
  vi.useFakeTimers();
  const tell = vi.fn();
  const end = trying(tell);
  expect(tell).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(5_000);
  expect(tell).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(9_999);
  expect(tell).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(1);
  expect(tell).toHaveBeenCalledTimes(3);
  vi.advanceTimersByTime(3_600_000);
  const often = tell.mock.calls.length;
  vi.advanceTimersByTime(600_000);
  expect(tell.mock.calls.length - often).toBe(2);
  end();
  vi.advanceTimersByTime(3_600_000);
  expect(tell.mock.calls.length - often).toBe(2);
});
