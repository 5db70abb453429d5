import { describe, expect, it } from "vitest";
import { delta, play, snap } from "./scripted";

describe("wishes and the hub's clock", () => {
  it("say until when by the hub's clock, whatever this device's says or is set to meanwhile", () => {
    const { world, socket } = play();
    socket.start();
    world.last.open();
    world.last.tell(snap(1, {}));
    world.pass(2_000);
    world.last.tell({ t: "pong", now: 1_002 });
    world.at += 3_600_000;
    void socket.commands.ask("home.set", {}, "KEY1", 5, true).catch(() => undefined);
    expect(world.last.wishes[0]).toMatchObject({ ttl: 5, until: 1_007 });
  });

  it("that come back as too late, though they are in time here, go out once more by the hub's clock of now", async () => {
    const { world, socket } = play();
    socket.start();
    world.last.open();
    world.last.tell(snap(1, {}));
    world.last.tell({ t: "pong", now: 1_000 });
    const wish = socket.commands.ask("home.set", {}, "KEY1", 5, true);
    const expired = () => world.last.tell({ t: "error", id: world.last.wishes[0]!.id!, code: "expired", detail: "too late" });
    expired();
    world.last.tell({ t: "pong", now: 4_600 });
    expect(world.last.wishes.map((one) => [one.key, one.until])).toEqual([["KEY1", 1_005], ["KEY1", 4_605]]);
    expired();
    await expect(wish).rejects.toMatchObject({ code: "expired" });
  });

  it("go by the best that is known of the hub's clock, and by nothing of before a sleep", () => {
    const { world, socket } = play();
    socket.start();
    world.last.open();
    world.last.tell(snap(1, {}));
    world.last.tell({ t: "pong", now: 1_000 });
    world.pass(20_000);
    // It was asked again though the line is busy, and the answer lay on its way for 7 s.
    world.last.tell(delta(2));
    world.pass(7_000);
    world.last.tell({ t: "pong", now: 1_020 });
    expect(socket.hearing.clock).toBe(1_027);
    socket.jumped(60_000);
    expect(socket.hearing.clock).toBeUndefined();
    world.last.tell({ t: "pong", now: 1_087 });
    expect(socket.hearing.clock).toBe(1_087);
  });

  it("wait for the hub's clock where it has not said what it shows", () => {
    const { world, socket } = play();
    socket.recall({ epoch: "E1", rev: 1, heard: 990, offset: 0 });
    socket.start();
    world.last.open();
    world.last.tell(delta(2));
    void socket.commands.ask("home.set", {}, "KEY1", 5, true).catch(() => undefined);
    expect(world.last.wishes).toEqual([]);
    world.last.tell({ t: "pong", now: 1_020 });
    expect(world.last.wishes).toMatchObject([{ key: "KEY1", until: 1_025 }]);
  });

  it("have no more time left than they had, also where this device's clock is set back as the line returns", () => {
    const { world, socket } = play();
    socket.start();
    world.last.open();
    world.last.tell(snap(1, {}));
    world.last.tell({ t: "pong", now: 1_000 });
    world.last.lose();
    void socket.commands.ask("home.set", {}, "KEY00001", 5, true).catch(() => undefined);
    world.pass(2_000);
    world.at -= 3_600_000;
    world.last.open();
    world.last.tell(delta(2));
    world.last.tell({ t: "pong", now: 1_002 });
    const wish = world.last.wishes[0]!;
    expect(wish.ttl).toBeLessThanOrEqual(3);
    expect(wish.until).toBeLessThanOrEqual(1_005);
  });

  it("do not go out when their time is over by either clock, and end by the hub's as it was when they were asked", () => {
    const { world, socket } = play();
    socket.start();
    world.last.open();
    world.last.tell(snap(1, {}));
    world.last.tell({ t: "pong", now: 1_000 });
    world.last.lose();
    void socket.commands.ask("home.set", {}, "KEY00001", 5, true).catch(() => undefined);
    void socket.commands.ask("home.set", {}, "KEY00002", 60, true).catch(() => undefined);
    world.pass(6_000);
    world.at -= 1_900;
    world.last.open();
    world.last.tell(delta(2));
    world.last.tell({ t: "pong", now: 1_106 });
    expect(world.last.wishes.map((one) => one.key)).toEqual(["KEY00002"]);
    expect(world.last.wishes[0]!.until).toBeLessThanOrEqual(1_060);
  });
});
