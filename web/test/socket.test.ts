import { describe, expect, it } from "vitest";
import { backoff } from "../src/lib/live/backoff";
import { WishFailed } from "../src/lib/live/commands";
import { delta, play, snap } from "./scripted";

describe("the live connection", () => {
  it("says hello, takes the snapshot and is live", () => {
    const { world, store, socket } = play();
    socket.start();
    expect(socket.line).toBe("connecting");
    world.last.open();
    expect(world.last.hello).toEqual({ t: "hello", want: ["**"], rate: 10, limits: true });
    world.last.tell(snap(4, { "lamp/light.on": [true, 990] }));
    expect(socket.line).toBe("live");
    expect(store.reading("lamp/light.on")).toEqual({ value: true, at: 990, sourceAt: undefined, quality: "good" });
  });

  it("shows a snapshot in parts only when it is whole", () => {
    const { world, store, socket } = play();
    socket.start();
    world.last.open();
    world.last.tell(snap(4, { "a/light.on": [true, 1] }, { more: true }));
    expect(store.value("a/light.on")).toBeUndefined();
    expect(socket.revision).toBeUndefined();
    world.last.tell(snap(4, { "b/light.on": [false, 1, null, "stale"] }, { part: 2 }));
    expect(store.value("a/light.on")).toBe(true);
    expect(store.reading("b/light.on")?.quality).toBe("stale");
  });

  it("begins anew with a snapshot that says no part, and keeps the epoch that a change of rights brings", () => {
    const { world, store, socket } = play();
    socket.start();
    world.last.open();
    world.last.tell(snap(4, { "a/light.on": [true, 1] }, { more: true }));
    world.last.tell(snap(5, { "b/light.on": [true, 1] }));
    expect([...store.facts().keys()]).toEqual(["b/light.on"]);
    world.last.tell({ t: "delta", rev: 6, epoch: "E1.other", gone: ["b/light.on"] });
    world.last.lose();
    world.pass(1000);
    world.last.open();
    expect(world.last.hello?.epoch).toBe("E1.other");
    expect(world.last.hello?.rev).toBe(6);
  });

  it("forgets what a later snapshot no longer holds", () => {
    const { world, store, socket } = play();
    socket.start();
    world.last.open();
    world.last.tell(snap(4, { "a/light.on": [true, 1], "b/light.on": [true, 1] }, { wish: { "a/light.on": [false, "sent", "K", 9] } }));
    world.last.tell(snap(9, { "b/light.on": [true, 1] }, { epoch: "E2" }));
    expect(store.value("a/light.on")).toBeUndefined();
    expect(store.wish("a/light.on")).toBeUndefined();
    expect(store.value("b/light.on")).toBe(true);
  });

  it("comes back by itself and resumes where it was", () => {
    const { world, store, socket } = play();
    socket.start();
    world.last.open();
    world.last.tell(snap(4, { "a/light.on": [true, 1] }));
    world.last.tell(delta(7, { "a/light.on": [false, 2] }));
    world.last.lose();
    expect(socket.line).toBe("lost");
    expect(store.value("a/light.on")).toBe(false);
    world.pass(500);
    expect(world.connections).toHaveLength(2);
    world.last.open();
    expect(world.last.hello).toMatchObject({ epoch: "E1", rev: 7 });
    world.last.tell(delta(8, {}, { gone: ["a/light.on"] }));
    expect(socket.line).toBe("live");
    expect(store.value("a/light.on")).toBeUndefined();
  });

  it("does not keep half a snapshot over a lost connection", () => {
    const { world, store, socket } = play();
    socket.start();
    world.last.open();
    world.last.tell(snap(4, { "a/light.on": [true, 1] }, { more: true }));
    world.last.lose();
    world.pass(1000);
    world.last.open();
    expect(world.last.hello?.rev).toBeUndefined();
    world.last.tell(snap(5, { "b/light.on": [true, 1] }));
    expect([...store.facts().keys()]).toEqual(["b/light.on"]);
  });

  it("waits longer each time, never more than 5 s, and not the same for all", () => {
    expect(backoff(0, 0)).toBe(250);
    expect(backoff(0, 1)).toBe(500);
    expect(backoff(30, 1)).toBe(5_000);
    expect(backoff(3, 0.2)).not.toBe(backoff(3, 0.8));
  });

  it("stops at the door when the sign-in is gone", () => {
    const { world, socket } = play();
    socket.start();
    world.last.open();
    world.last.tell({ t: "bye", code: "sign_in_needed", detail: "revoked" });
    expect(socket.line).toBe("signed_out");
    world.pass(60_000);
    expect(world.connections).toHaveLength(1);
  });

  it("comes back soon when the network does, without waiting for the timer", () => {
    const { world, socket } = play();
    socket.start();
    world.last.lose();
    socket.nudge();
    expect(world.connections).toHaveLength(2);
    world.pass(9_000);
    expect(world.connections).toHaveLength(2);
  });

  it("tells ages by the hub's clock", () => {
    const { world, socket } = play();
    socket.start();
    world.last.open();
    world.last.tell(snap(1, {}, { now: 1_060 }));
    expect(socket.offset).toBe(60_000);
    world.pass(200);
    world.last.tell({ t: "pong", now: 1_060.1 });
    expect(socket.offset).toBeCloseTo(60_000, 0);
  });

  it("ignores what it does not know and what is broken", () => {
    const { world, store, socket } = play();
    socket.start();
    world.last.open();
    world.last.events.text("{nonsense");
    world.last.events.text('{"t":"news","of":"a newer hub"}');
    world.last.tell(snap(1, { "a/light.on": [true, 1] }));
    expect(store.value("a/light.on")).toBe(true);
  });
});

describe("wishes", () => {
  it("are done when the device's report is in", async () => {
    const { world, socket } = play();
    socket.start();
    world.last.open();
    world.last.tell(snap(1, {}));
    const wish = socket.commands.ask("home.set", { path: "a/light.on", target: true }, "KEY1", 30, true);
    const said = world.last.wishes[0]!;
    expect(said).toMatchObject({ op: "home.set", key: "KEY1", ttl: 30 });
    world.last.tell({ t: "ok", id: said.id!, data: { key: "KEY1", path: "a/light.on", state: "sent" } });
    world.last.tell({ t: "command", key: "KEY1", path: "a/light.on", state: "done" });
    await expect(wish).resolves.toEqual({ key: "KEY1", state: "done" });
  });

  it("wait while the hub is away, then go out once, with their key", async () => {
    const { world, socket } = play();
    socket.start();
    const wish = socket.commands.ask("home.set", { path: "a/light.on", target: true }, "KEY1", 30, true);
    expect(socket.commands.queued).toBe(1);
    world.last.open();
    expect(world.last.wishes).toHaveLength(0);
    world.pass(4_000);
    world.last.tell(snap(1, {}));
    expect(world.last.wishes).toHaveLength(1);
    expect(world.last.wishes[0]!.ttl).toBe(26);
    world.last.lose();
    world.pass(1_000);
    world.last.open();
    world.last.tell(delta(1));
    expect(world.last.wishes).toEqual([]);
    world.last.tell({ t: "pong", now: 1_005 });
    expect(world.last.wishes[0]).toMatchObject({ key: "KEY1", ttl: 25, until: 1_030 });
    world.last.tell({ t: "ok", id: world.last.wishes[0]!.id!, data: { key: "KEY1", path: "a/light.on", state: "done" } });
    await expect(wish).resolves.toMatchObject({ state: "done" });
    expect(socket.commands.queued).toBe(0);
  });

  it("are dropped at their time to live, never sent late", async () => {
    const { world, socket } = play();
    socket.start();
    const wish = socket.commands.ask("home.set", { path: "door/lock.locked", target: false }, "KEY1", 5, true);
    world.pass(5_000);
    world.last.open();
    world.last.tell(snap(1, {}));
    expect(world.last.wishes).toHaveLength(0);
    await expect(wish).rejects.toMatchObject({ code: "expired" });
  });

  it("that fail say what happened and what to do", async () => {
    const { world, socket } = play();
    socket.start();
    world.last.open();
    world.last.tell(snap(1, {}));
    const refused = socket.commands.ask("home.set", {}, "KEY1", 30, true);
    world.last.tell({ t: "error", id: world.last.wishes[0]!.id!, code: "not_allowed", detail: "no", advice: "ask" });
    await expect(refused).rejects.toEqual(expect.objectContaining({ code: "not_allowed", detail: "no", advice: "ask" }));
    const failed = socket.commands.ask("home.set", {}, "KEY2", 30, true);
    world.last.tell({ t: "command", key: "KEY2", path: "", state: "failed", code: "unreachable", why: "it does not answer" });
    await expect(failed).rejects.toBeInstanceOf(WishFailed);
  });

  it("do not hang for ever when the hub falls silent about them", async () => {
    const { world, socket } = play();
    socket.start();
    world.last.open();
    world.last.tell(snap(1, {}));
    const wish = socket.commands.ask("home.set", {}, "KEY1", 5, true);
    world.last.tell({ t: "ok", id: world.last.wishes[0]!.id!, data: { state: "sent" } });
    for (let passed = 0; passed < 8_100; passed += 900) {
      world.pass(900);
      world.last.tell({ t: "pong", now: 1000 });
    }
    socket.commands.expire();
    await expect(wish).rejects.toMatchObject({ code: "unreachable" });
  });
});
