/** What a guest has thrown is not lost on its way onto the screen. */

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../src/lib/api/call";
// @ts-expect-error It is a plain script of the guest's page, without types.
import { parts, seal } from "../src/throw/throw_seal.js";

const hub = vi.hoisted(() => ({ open: vi.fn(), close: vi.fn(), thrown: vi.fn() }));
vi.mock("../src/lib/api/throws", () => hub);
const { leftFor, Throwing } = await import("../src/panels/throws/throwing.svelte");

const TOKEN = "A".repeat(43);
const SAID = { id: "one", state: "thrown" };
const code = async () => {
  const one = new Throwing("anna", "https://home.example");
  const hide = one.show();
  await one.open();
  hub.thrown.mockResolvedValue(await seal(parts(new URL(one.link).hash).key, { kind: "text" }, new TextEncoder().encode("hello")));
  return { one, hide };
};

beforeEach(() => {
  vi.useFakeTimers();
  hub.open.mockReset().mockResolvedValue({ id: "one", token: TOKEN, address: "", lasts: 300, most: 9 });
  hub.close.mockReset().mockResolvedValue(null);
  hub.thrown.mockReset();
});
afterEach(() => {
  leftFor("anna")?.close();
  vi.useRealTimers();
});

describe("what was thrown", () => {
  it("stays at the hub and on this screen until somebody takes it", async () => {
    const { one, hide } = await code();
    one.heard(SAID);
    await vi.waitFor(() => expect(one.state).toBe("thrown"));
    hide();
    expect(hub.close).not.toHaveBeenCalled();
    expect(leftFor("mei")).toBeUndefined();
    const again = leftFor("anna")!;
    expect(again.thrown).toEqual({ text: "hello" });
    again.show();
    again.done();
    expect(hub.close).toHaveBeenCalledWith("one");
    expect(leftFor("anna")).toBeUndefined();
  });

  it("can come no more where the hub knows of the code no longer", async () => {
    const { one } = await code();
    // What the store still has of the code before says nothing.
    one.heard({ id: "before", state: "open" });
    expect(one.state).toBe("open");
    one.heard({ id: "one", state: "open" });
    one.heard(undefined);
    expect(one.state).toBe("over");
  });

  it("is asked for again where it could not be fetched: the car drives, the hub is away", async () => {
    const { one } = await code();
    const found = await hub.thrown();
    hub.thrown.mockReset().mockRejectedValueOnce(new ApiError(403, "not_while_driving", "")).mockRejectedValueOnce(new TypeError("network")).mockResolvedValue(found);
    one.heard(SAID);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(one.state).toBe("coming");
    await vi.advanceTimersByTimeAsync(6_500);
    expect(hub.thrown).toHaveBeenCalledTimes(3);
    await vi.waitFor(() => expect(one.state).toBe("thrown"));
  });

  it("that the hub has no more is over", async () => {
    const { one } = await code();
    hub.thrown.mockReset().mockRejectedValue(new ApiError(404, "not_found", ""));
    one.heard(SAID);
    await vi.advanceTimersByTimeAsync(0);
    expect(one.state).toBe("over");
    expect(leftFor("anna")).toBeUndefined();
  });

  it("and is in no sheet is let go after five minutes", async () => {
    const { one, hide } = await code();
    one.heard(SAID);
    await vi.waitFor(() => expect(one.state).toBe("thrown"));
    hide();
    await vi.advanceTimersByTimeAsync(301_000);
    expect([leftFor("anna"), one.thrown]).toEqual([undefined, undefined]);
    expect(hub.close).toHaveBeenCalledWith("one");
  });
});

describe("a code", () => {
  it("is over by a clock that nobody sets, and void at the hub then", async () => {
    const { one } = await code();
    vi.setSystemTime(Date.now() + 86_400_000);
    one.lapse();
    expect(one.state).toBe("open");
    await vi.advanceTimersByTimeAsync(301_000);
    one.lapse();
    expect(one.state).toBe("over");
    expect(hub.close).toHaveBeenCalledWith("one");
  });

  it("that nobody came by is void when its sheet is closed", async () => {
    const { hide } = await code();
    hide();
    expect(hub.close).toHaveBeenCalledWith("one");
  });

  it("that leads to the hub's own machine is not shown", async () => {
    const one = new Throwing("anna", "http://localhost:8300");
    await one.open();
    expect([one.state, one.link]).toEqual(["alone", ""]);
    expect(hub.close).toHaveBeenCalledWith("one");
  });
});
