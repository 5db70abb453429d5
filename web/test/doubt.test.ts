import { describe, expect, it } from "vitest";
import type { WishFailed } from "../src/lib/live/commands";
import { delta, play, snap } from "./scripted";

/** An unlock that went out, and whose answer the network holds back until its time is over. */
async function unlocked() {
  const { world, socket } = play();
  socket.start();
  world.last.open();
  world.last.tell(snap(1, {}));
  world.last.tell({ t: "pong", now: 1_000 });
  const wish = socket.commands.ask("home.set", { path: "a/lock.locked", target: false, code: "1234" }, "KEY00001", 5, true);
  const failed = wish.then(() => undefined, (error: WishFailed) => error);
  const first = world.last;
  world.pass(5_000);
  socket.commands.expire();
  const doubt = (await failed)!;
  const back = () => {
    first.lose();
    world.pass(1_000);
    world.last.open();
    world.last.tell(delta(2));
    world.last.tell({ t: "pong", now: 1_006 });
    return world.last.wishes[0]!;
  };
  return { world, socket, first, doubt, back };
}

describe("a wish that went out and was not answered in time", () => {
  it("is not said to be undone: nobody knows, and that is said once", async () => {
    const { world, socket, doubt } = await unlocked();
    expect([doubt.code, socket.commands.queued, socket.commands.open]).toEqual(["unknown", 0, []]);
    world.pass(60_000);
    socket.commands.expire();
    expect(world.connections.flatMap((one) => one.wishes)).toHaveLength(1);
  });

  it("is asked after, and not wished again, once the line is back: it was done", async () => {
    const { world, doubt, back } = await unlocked();
    const asked = back();
    expect(asked).toMatchObject({ key: "KEY00001", until: 0, data: { path: "a/lock.locked", target: false, code: null } });
    world.last.tell({ t: "ok", id: asked.id!, data: { key: "KEY00001", state: "sent" } });
    world.last.tell({ t: "command", key: "KEY00001", path: "a/lock.locked", state: "done" });
    await expect(doubt.truth).resolves.toMatchObject({ state: "done" });
  });

  it("is asked after once the line is back: it never came", async () => {
    const { world, doubt, back } = await unlocked();
    const asked = back();
    world.last.tell({ t: "error", id: asked.id!, code: "expired", detail: "too late" });
    await expect(doubt.truth).rejects.toMatchObject({ code: "expired" });
  });

  it("needs no asking when the answer comes after all", async () => {
    const { first, doubt } = await unlocked();
    first.tell({ t: "ok", id: first.wishes[0]!.id!, data: { key: "KEY00001", state: "done" } });
    await expect(doubt.truth).resolves.toMatchObject({ state: "done" });
  });

  it("stays open where the hub will not say", async () => {
    const { world, socket, doubt, back } = await unlocked();
    let settled = false;
    const note = () => void (settled = true);
    doubt.truth!.then(note, note);
    const asked = back();
    world.last.tell({ t: "error", id: asked.id!, code: "not_while_driving", detail: "" });
    await Promise.resolve();
    expect([settled, socket.commands.queued]).toEqual([false, 0]);
  });

  it("is unknown as well where the hub took it and is not heard since", async () => {
    const { world, socket } = play();
    socket.start();
    world.last.open();
    world.last.tell(snap(1, {}));
    world.last.tell({ t: "pong", now: 1_000 });
    const codes: string[] = [];
    for (const key of ["KEY00001", "KEY00002"]) {
      socket.commands.ask("home.set", {}, key, 5, true).catch((error: WishFailed) => codes.push(error.code));
      world.last.tell({ t: "ok", id: world.last.wishes.at(-1)!.id!, data: { key, state: "sent" } });
      if (key === "KEY00002") world.last.lose();
      world.pass(8_000);
      if (key === "KEY00001") world.last.tell({ t: "pong", now: 1_008 });
      socket.commands.expire();
      await Promise.resolve();
    }
    expect(codes).toEqual(["unreachable", "unknown"]);
  });

  it("is in doubt also where the page was loaded anew meanwhile, and is not taken back", async () => {
    const { world, socket } = play();
    const wish = socket.commands.ask("home.set", { path: "a/light.on", target: true }, "KEY00002", 20, true, 1_020, true);
    expect(socket.commands.withdraw("KEY00002")).toBe(false);
    world.pass(20_000);
    socket.commands.expire();
    await expect(wish).rejects.toMatchObject({ code: "unknown" });
  });

  it("is let go where something else was wished for the same thing meanwhile, and never done after it", async () => {
    const { world, socket } = play();
    socket.start();
    const older = socket.commands.ask("home.set", { path: "a/light.on", target: true }, "KEY00001", 20, true, 1_020, true);
    const ended = older.catch((error: WishFailed) => error.code);
    void socket.commands.ask("home.set", { path: "a/light.on", target: false }, "KEY00002", 20, true).catch(() => undefined);
    world.last.open();
    world.last.tell(snap(1, {}));
    world.last.tell({ t: "pong", now: 1_000 });
    const asked = world.last.wishes.find((one) => one.key === "KEY00001")!;
    expect(asked.until).toBe(0);
    expect(world.last.wishes.find((one) => one.key === "KEY00002")!.until).toBeGreaterThan(1_000);
    world.last.tell({ t: "error", id: asked.id!, code: "expired", detail: "too late" });
    expect(await ended).toBe("withdrawn");
  });
});
