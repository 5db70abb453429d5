import { describe, expect, it } from "vitest";
import type { WishFailed } from "../src/lib/live/commands";
import { delta, play, snap } from "./scripted";

const ON = { path: "a/light.on", target: true };
const OFF = { path: "a/light.on", target: false };

function live() {
  const all = play();
  all.socket.start();
  all.world.last.open();
  all.world.last.tell(snap(1, {}));
  all.world.last.tell({ t: "pong", now: 1_000 });
  return all;
}

describe("an older wish that is still to go out", () => {
  it("of before the page was loaded anew is let go where another is made for the same thing, also while the line is up", async () => {
    const { world, socket } = live();
    const older = socket.commands.ask("home.set", ON, "KEY00001", 20, true, 1_020).catch((error: WishFailed) => error.code);
    void socket.commands.ask("home.set", OFF, "KEY00002", 20, true).catch(() => undefined);
    world.pass(1_500);
    world.last.tell({ t: "pong", now: 1_001.5 });
    expect(world.last.wishes.map((one) => one.key)).toEqual(["KEY00002"]);
    expect(await older).toBe("withdrawn");
  });

  it("of before the page was loaded anew has no more time than it had, whatever the clocks do while this device sleeps", async () => {
    const { world, socket } = live();
    const wish = socket.commands.ask("home.set", ON, "KEY00001", 30, true, 1_030).catch((error: WishFailed) => error.code);
    world.last.tell({ t: "pong", now: 1_000 });
    world.last.lose();
    // Asleep for 60 s, and set back by as much: neither clock here shows any of it.
    world.pass(1_000);
    world.last.open();
    world.last.tell(delta(2));
    world.last.tell({ t: "pong", now: 1_061 });
    expect(world.last.wishes.map((one) => one.until)).toEqual([1_030]);
    world.last.tell({ t: "error", id: world.last.wishes[0]!.id!, code: "expired", detail: "" });
    world.last.tell({ t: "pong", now: 1_061 });
    expect(world.last.wishes).toHaveLength(1);
    expect(await wish).toBe("expired");
  });

  it("waited for the line has no more time than it had, whatever the clocks do while this device sleeps", async () => {
    const { world, socket } = live();
    world.last.lose();
    const wish = socket.commands.ask("home.set", ON, "KEY00001", 30, true).catch((error: WishFailed) => error.code);
    world.pass(1_000);
    world.last.open();
    world.last.tell(delta(2));
    world.last.tell({ t: "pong", now: 1_061 });
    expect(world.last.wishes.map((one) => one.until)).toEqual([1_030]);
    world.last.tell({ t: "error", id: world.last.wishes[0]!.id!, code: "expired", detail: "" });
    world.last.tell({ t: "pong", now: 1_061 });
    expect(world.last.wishes).toHaveLength(1);
    expect(await wish).toBe("expired");
  });
});
