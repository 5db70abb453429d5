import { describe, expect, it } from "vitest";
import type { WishFailed } from "../src/lib/live/commands";
import { delta, play, snap } from "./scripted";

const LAMP = "lamp/light.on";
const LOCK = "car/Vehicle.IsLocked";

/** What a hub of the household shows: who it is, and two things, one of each site. */
function shown(site: string, now = 1_000, lamp: object = { site: "home" }) {
  const at = 1_000;
  const set = { "hub/hub.info": [{ site }, at], "lamp/thing.info": [lamp, at], "car/thing.info": [{ site: "car" }, at] };
  return snap(1, set as never, { epoch: `E-${site}`, now });
}

/** A screen at the home's hub that wished something there, and comes to the car's before the answer did. */
function moved(path: string, ttl = 30, atHome?: object) {
  const { world, socket } = play();
  socket.start();
  const meet = (site: string, now = 1_000) => {
    world.last.open();
    world.last.tell(shown(site, now, site === "home" ? atHome : undefined));
    world.last.tell({ t: "pong", now });
    return world.last;
  };
  const leave = () => {
    const before = world.connections.length;
    world.last.lose();
    while (world.connections.length === before) world.pass(250);
  };
  meet("home");
  const codes: string[] = [];
  let doubt: WishFailed | undefined;
  const wish = socket.commands.ask("home.set", { path, target: true }, "KEY00001", ttl, true);
  wish.then(() => codes.push("done"), (error: WishFailed) => (codes.push(error.code), (doubt = error)));
  const settled = async () => {
    for (let turn = 0; turn < 8; turn++) await Promise.resolve();
    return codes;
  };
  leave();
  return { world, socket, meet, leave, settled, doubt: () => doubt! };
}

/** How it is known in the end: the code, or "done". */
const truth = (doubt: WishFailed) => doubt.truth!.then(() => "done", (error: WishFailed) => error.code);

describe("a wish that was posted at one hub and asked after at another", () => {
  it("goes there under its key, with that hub's time", async () => {
    const { meet, settled } = moved(LAMP);
    const car = meet("car", 5_000);
    expect(car.wishes).toMatchObject([{ key: "KEY00001", until: 5_029.5 }]);
    car.tell({ t: "ok", id: car.wishes[0]!.id!, data: { key: "KEY00001", state: "sent" } });
    car.tell({ t: "command", key: "KEY00001", path: LAMP, state: "done" });
    expect(await settled()).toEqual(["done"]);
  });

  it("is in doubt where that hub says it is over: the one before may have done it, and says so later", async () => {
    const { meet, leave, settled, doubt } = moved(LAMP);
    const car = meet("car");
    car.tell({ t: "ok", id: car.wishes[0]!.id!, data: { key: "KEY00001", state: "sent" } });
    car.tell({ t: "command", key: "KEY00001", path: LAMP, state: "expired" });
    expect(await settled()).toEqual(["unknown"]);
    leave();
    const home = meet("home", 1_040);
    expect(home.wishes).toMatchObject([{ key: "KEY00001", until: 0 }]);
    home.tell({ t: "ok", id: home.wishes[0]!.id!, data: { key: "KEY00001", state: "done" } });
    expect(await truth(doubt())).toBe("done");
  });

  it("is undone only by the word of the hub that may have done it", async () => {
    const { world, socket, meet, leave, settled, doubt } = moved(LAMP, 5);
    world.pass(6_000);
    socket.commands.expire();
    expect(await settled()).toEqual(["unknown"]);
    // The car's hub never heard of it: that says nothing, however often it is asked.
    for (let time = 0; time < 2; time++) {
      const car = meet("car", 1_020);
      expect(car.wishes).toMatchObject([{ until: 0 }]);
      car.tell({ t: "error", id: car.wishes[0]!.id!, code: "expired", detail: "" });
      leave();
    }
    let told = "";
    void truth(doubt()).then((code) => (told = code));
    await settled();
    expect(told).toBe("");
    const home = meet("home", 1_030);
    home.tell({ t: "error", id: home.wishes[0]!.id!, code: "expired", detail: "" });
    await settled();
    expect(told).toBe("expired");
  });

  it("is told by the hub of the thing's own site, wherever it was posted", async () => {
    const { meet, settled } = moved(LOCK, 5);
    const car = meet("car");
    car.tell({ t: "error", id: car.wishes[0]!.id!, code: "expired", detail: "" });
    // In time by this device: asked once more, with what the car's clock says.
    car.tell({ t: "pong", now: 1_001 });
    car.tell({ t: "error", id: car.wishes.at(-1)!.id!, code: "expired", detail: "" });
    expect(await settled()).toEqual(["expired"]);
  });

  it("is in doubt where it may not be asked there: it may have come by way of the other hub", async () => {
    const { meet, settled } = moved(LOCK, 5);
    const car = meet("car");
    car.tell({ t: "error", id: car.wishes[0]!.id!, code: "not_while_driving", detail: "" });
    expect(await settled()).toEqual(["unknown"]);
  });

  it("is refused where its owner refused it", async () => {
    const { meet, settled } = moved(LAMP);
    const car = meet("car");
    car.tell({ t: "ok", id: car.wishes[0]!.id!, data: { key: "KEY00001", state: "sent" } });
    car.tell({ t: "command", key: "KEY00001", path: LAMP, state: "failed", code: "not_allowed" });
    expect(await settled()).toEqual(["not_allowed"]);
  });

  it("is only asked after where its thing has moved since: the hub before may have done it", async () => {
    const { world, settled } = moved(LOCK);
    world.last.open();
    world.last.tell(snap(1, {
      "hub/hub.info": [{ site: "car" }, 1_000], "car/thing.info": [{ site: "car", moved: true }, 1_000],
    } as never, { epoch: "E-car", now: 1_000 }));
    world.last.tell({ t: "pong", now: 1_000 });
    const car = world.last;
    expect(car.wishes).toMatchObject([{ key: "KEY00001", until: 0 }]);
    car.tell({ t: "error", id: car.wishes[0]!.id!, code: "expired", detail: "" });
    car.tell({ t: "pong", now: 1_001 });
    for (const wish of car.wishes.slice(1)) car.tell({ t: "error", id: wish.id!, code: "expired", detail: "" });
    expect(await settled()).toEqual(["unknown"]);
    expect(car.wishes.every((wish) => wish.until === 0)).toBe(true);
  });

  it("is only asked after where the hub before knew that its thing had moved, and this one does not", async () => {
    const { world, settled } = moved(LAMP, 30, { site: "home", moved: true });
    world.last.open();
    world.last.tell(shown("car", 1_000, { site: "car" }));
    world.last.tell({ t: "pong", now: 1_000 });
    expect(world.last.wishes).toMatchObject([{ key: "KEY00001", until: 0 }]);
    expect(await settled()).toEqual([]);
  });

  it("is as before where the same hub answers at another door", async () => {
    const { meet, settled } = moved(LAMP);
    const home = meet("home");
    home.tell({ t: "ok", id: home.wishes[0]!.id!, data: { key: "KEY00001", state: "sent" } });
    home.tell({ t: "command", key: "KEY00001", path: LAMP, state: "expired" });
    expect(await settled()).toEqual(["expired"]);
  });
});

it("an operation that one hub may have done is not done by another", async () => {
  const { world, socket } = play();
  socket.start();
  world.last.open();
  world.last.tell(shown("home"));
  const codes: string[] = [];
  socket.commands.ask("people.invite", {}, "KEY00002", 30, false).catch((error: WishFailed) => codes.push(error.code));
  world.last.lose();
  // Asked while nobody is there: it waits for whichever hub comes.
  socket.commands.ask("notices.seen", {}, "KEY00003", 30, false).catch((error: WishFailed) => codes.push(error.code));
  world.pass(1_000);
  world.last.open();
  world.last.tell(shown("car"));
  world.last.tell(delta(2));
  await Promise.resolve();
  expect(world.last.wishes.map((one) => one.key)).toEqual(["KEY00003"]);
  expect(codes).toEqual(["unknown"]);
});
