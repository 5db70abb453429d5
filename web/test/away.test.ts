import { describe, expect, it } from "vitest";
import { delta, play, playHeld, snap } from "./scripted";

describe("a hub that is away", () => {
  it("gives up a connection that does not say its first word", () => {
    const { world, socket } = play();
    socket.start();
    const hung = world.last;
    world.pass(10_000);
    expect(hung.closed).toBe(true);
    world.pass(1_000);
    expect(world.connections).toHaveLength(2);
  });

  it("takes nothing for fresh when this device has slept, and connects anew at once", () => {
    const { world, socket } = play();
    socket.start();
    world.last.open();
    world.last.tell(snap(1, {}));
    const before = world.last;
    world.at += 3_600_000;
    socket.nudge();
    expect(before.closed).toBe(true);
    expect(socket.hearing.late).toBe(true);
    world.last.open();
    expect(world.last.hello).toMatchObject({ epoch: "E1", rev: 1 });
    world.last.tell(delta(2));
    expect(socket.hearing.late).toBe(false);
  });

  it("says after two seconds, not before, that what it shows is old", () => {
    const { world, socket } = play();
    socket.start();
    world.last.open();
    world.last.tell(snap(1, {}));
    world.last.tell({ t: "pong", now: 1000 });
    world.pass(4_000);
    world.last.lose();
    expect(socket.hearing.late).toBe(false);
    world.pass(2_000);
    expect(socket.hearing.late).toBe(true);
  });

  it("keeps the hub's time when this device's clock is set back", () => {
    const { world, socket } = play();
    socket.start();
    world.last.open();
    world.last.tell(snap(1, {}));
    world.last.lose();
    world.pass(60_000);
    world.at -= 86_400_000;
    socket.jumped(-86_400_000);
    expect(socket.hearing.away).toBe(60_000);
    expect(world.at + socket.offset).toBe(1_060_000);
  });

  it("is not known to be fresh before it has said a word, whatever was kept", () => {
    const { world, store, socket } = play();
    store.recall([["a/light.on", [true, 400]]], []);
    socket.recall({ epoch: "E1", rev: 4, heard: 500, offset: 0 });
    expect([socket.known, socket.hearing.told, socket.hearing.late, socket.hearing.unsure]).toEqual([true, false, true, true]);
    socket.start();
    world.last.open();
    expect(world.last.hello).toMatchObject({ epoch: "E1", rev: 4 });
    world.last.tell(delta(6, { "a/light.on": [false, 990] }));
    expect([socket.hearing.late, socket.hearing.unsure, store.value("a/light.on")]).toEqual([false, false, false]);
  });

  it("is reached while what was kept is read, and asked only for what is new since then", () => {
    const { world, held, socket } = playHeld();
    held.hold();
    socket.start();
    world.last.open();
    expect(world.last.said).toEqual([]);
    socket.recall({ epoch: "E1", rev: 4, heard: 500, offset: 0 });
    held.release();
    expect(world.last.said).toHaveLength(1);
    expect(world.last.hello).toMatchObject({ epoch: "E1", rev: 4 });
  });

  it("is asked for all when nothing was kept, whichever comes first", () => {
    for (const last of ["open", "release"]) {
      const { world, held, socket } = playHeld();
      held.hold();
      socket.start();
      if (last === "release") world.last.open();
      held.release();
      if (last === "open") world.last.open();
      expect(world.last.said).toHaveLength(1);
      expect(world.last.hello).not.toHaveProperty("rev");
    }
  });

  it("is not spoken to on a connection that broke while what was kept was read", () => {
    const { world, held, socket } = playHeld();
    held.hold();
    socket.start();
    world.last.open();
    const broken = world.last;
    broken.lose();
    held.release();
    world.pass(5_000);
    world.last.open();
    expect([broken.said.length, world.connections.length, world.last.said.length]).toEqual([0, 2, 1]);
  });

  it("is asked for all anew when what was kept turns out to be another's, and not gone on from", () => {
    const { world, store, socket } = play();
    store.recall([["a/light.on", [true, 400]]], []);
    socket.recall({ epoch: "E1", rev: 4, heard: 500, offset: 0 });
    socket.start();
    world.last.open();
    const before = world.last;
    socket.forget();
    before.tell(delta(6, { "a/light.hue": [3, 990] }));
    world.last.open();
    expect([before.closed, world.last.hello?.rev, socket.known]).toEqual([true, undefined, false]);
    world.last.tell(snap(7, { "a/light.on": [false, 990] }));
    expect([store.value("a/light.on"), store.value("a/light.hue")]).toEqual([false, undefined]);
  });

  it("has not been heard before it has told the household, whatever else it says", () => {
    const { world, socket } = play();
    socket.start();
    world.last.open();
    world.last.tell({ t: "pong", now: 1000 });
    expect([socket.hearing.heard, socket.line]).toEqual([undefined, "connecting"]);
    world.last.tell(snap(1, {}));
    expect([socket.hearing.heard, socket.line]).toEqual([world.at, "live"]);
  });

  it("is waited for a moment before a screen says what it may without it", () => {
    const { world, socket } = play();
    let told = 0;
    Object.assign(socket, { online: () => told++ });
    socket.recall({ heard: 500, offset: 0 });
    socket.start();
    const before = told;
    expect(socket.hearing.waited).toBe(false);
    world.pass(2_000);
    expect([socket.hearing.waited, told > before]).toEqual([true, true]);
  });

  it("was heard as long ago as its own clock says, though this device's is a day off", () => {
    const { world, socket } = play();
    const real = 2_000_000;
    world.at = real + 86_400_000;
    socket.recall({ heard: 1_400, offset: -86_400_000 });
    expect(socket.hearing.away).toBe(600_000);
    expect(world.at + socket.offset).toBe(real);
  });

  it("was not heard in the future: a clock that was right before and is set right since counts as it is", () => {
    const { world, socket } = play();
    world.at = 2_000_000;
    socket.recall({ heard: 1_400, offset: -86_400_000 });
    expect(world.at + socket.offset).toBe(2_000_000);
    expect(socket.hearing.away).toBe(600_000);
  });
});
