import { describe, expect, it } from "vitest";
import { delta, play, snap } from "./scripted";

describe("a line that falls silent", () => {
  it("and is closed then has been away since it was last heard", () => {
    const { world, socket } = play();
    socket.start();
    world.last.open();
    world.last.tell(snap(1, {}));
    world.last.tell({ t: "pong", now: 1000 });
    world.pass(9_000);
    world.last.lose();
    expect([socket.line, socket.hearing.late, socket.hearing.away]).toEqual(["lost", true, 9_000]);
    world.pass(6_000);
    expect(socket.hearing.unsure).toBe(true);
  });

  it("and is cut before that counts leaves a driver's screen no looser: it is as old as what was heard last", () => {
    const { world, socket } = play();
    let told: boolean | undefined;
    Object.assign(socket, { online: () => (told = socket.hearing.unsure) });
    socket.start();
    world.last.open();
    world.last.tell(snap(1, {}));
    world.last.tell({ t: "pong", now: 1000 });
    world.pass(8_200);
    world.last.lose();
    // What is shown is not called old at once: the line may be back in a moment.
    expect([socket.hearing.late, socket.hearing.away, socket.hearing.unsure]).toEqual([false, 0, false]);
    world.pass(2_000);
    expect([socket.hearing.late, socket.hearing.unsure]).toEqual([true, false]);
    // A new connection that stalls after its first word does not make it any surer.
    world.last.open();
    world.last.tell({ t: "pong", now: 1010 });
    world.pass(4_799);
    expect([told, socket.hearing.unsure]).toEqual([false, false]);
    world.pass(1);
    expect([told, socket.hearing.unsure]).toEqual([true, true]);
    world.last.tell(delta(2));
    expect([told, socket.hearing.away, socket.hearing.unheard]).toEqual([false, 0, 0]);
  });

  it("is as long as it was, also where this device's clock is set back by a little meanwhile", () => {
    const { world, socket } = play();
    socket.start();
    world.last.open();
    world.last.tell(snap(1, {}));
    world.last.lose();
    world.pass(14_400);
    expect(socket.hearing.unsure).toBe(false);
    world.at -= 1_900;
    world.passed += 600;
    world.at += 600;
    expect(socket.hearing.unsure).toBe(true);
  });

  it("is no matter where it was healthy and closed at once: the hub restarts", () => {
    const { world, socket } = play();
    socket.start();
    world.last.open();
    world.last.tell(snap(1, {}));
    world.last.tell({ t: "pong", now: 1000 });
    world.last.lose(1012);
    world.pass(1_999);
    expect([socket.hearing.late, socket.hearing.unsure]).toEqual([false, false]);
    world.pass(13_000);
    expect([socket.hearing.late, socket.hearing.unsure]).toEqual([true, false]);
    world.pass(1);
    expect(socket.hearing.unsure).toBe(true);
  });

  it("is waited for as long as its answers take", () => {
    const { world, socket } = play();
    socket.start();
    world.last.open();
    world.last.tell(snap(1, {}));
    for (let asked = 0; asked < 5; asked++) {
      world.pass(2_400);
      expect(socket.hearing.late).toBe(false);
      world.last.tell({ t: "pong", now: 1000 });
      world.pass(6_000);
    }
  });

  it("notices a connection that is silent and dead", () => {
    const { world, socket } = play();
    socket.start();
    world.last.open();
    world.last.tell(snap(1, {}));
    world.last.tell({ t: "pong", now: 1000 });
    const first = world.last;
    world.pass(6_000);
    expect(first.said.filter((one) => one.t === "ping")).toHaveLength(2);
    expect(socket.hearing.late).toBe(false);
    world.pass(2_500);
    expect([socket.line, socket.hearing.late, socket.hearing.away]).toEqual(["live", true, 8_500]);
    world.pass(5_500);
    expect(first.closed).toBe(true);
    expect([socket.line, socket.hearing.unsure]).toEqual(["lost", false]);
    // It has been away since it was last heard, not since somebody noticed.
    expect(socket.hearing.away).toBe(14_000);
    world.pass(1_000);
    expect(socket.hearing.unsure).toBe(true);
  });

  it("takes a line that was silent for fresh again once it speaks", () => {
    const { world, socket } = play();
    socket.start();
    world.last.open();
    world.last.tell(snap(1, {}));
    world.last.tell({ t: "pong", now: 1000 });
    world.pass(8_500);
    expect(socket.hearing.late).toBe(true);
    world.last.tell({ t: "pong", now: 1008 });
    expect([socket.hearing.late, socket.hearing.away]).toEqual([false, 0]);
  });

  it("asks whether the hub is there when a wish gets no answer", () => {
    const { world, socket } = play();
    socket.start();
    world.last.open();
    world.last.tell(snap(1, {}));
    world.last.tell({ t: "pong", now: 1000 });
    void socket.commands.ask("home.set", {}, "KEY1", 30, true).catch(() => undefined);
    const pings = () => world.last.said.filter((one) => one.t === "ping").length;
    expect(pings()).toBe(1);
    world.pass(1_500);
    expect(pings()).toBe(2);
    world.pass(2_500);
    expect(socket.hearing.late).toBe(true);
  });
});

describe("a driver's screen and the time of its silence", () => {
  it("is strict 15 s after the hub was heard, also where somebody goes on wishing on a dead line", () => {
    const { world, socket } = play();
    socket.start();
    world.last.open();
    world.last.tell(snap(1, {}));
    world.last.tell({ t: "pong", now: 1_000 });
    for (let at = 0; at < 15; at++) {
      socket.commands.ask("home.set", { path: `a/light-${at}.on`, target: true }, `KEY000${at + 10}`, 30, true).catch(() => undefined);
      world.pass(1_000);
    }
    expect(socket.hearing.unsure).toBe(true);
  });

  it("is strict after 15 s where timers know whole milliseconds only", () => {
    const { world, socket } = play();
    const later = world.later.bind(world);
    world.later = (ms, run) => later(Math.trunc(ms), run);
    let told: boolean | undefined;
    Object.assign(socket, { online: () => (told = socket.hearing.unsure) });
    socket.start();
    world.last.open();
    world.last.tell(snap(1, {}));
    world.last.tell({ t: "pong", now: 1_000 });
    // The wall clock is told in whole ms, the steady one finer.
    world.passed += 0.3;
    world.last.lose();
    world.pass(1_000);
    world.pass(14_500);
    expect(socket.hearing.unsure).toBe(true);
    expect(told).toBe(true);
  });
});
