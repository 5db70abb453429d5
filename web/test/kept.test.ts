import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { beforeEach, describe, expect, it } from "vitest";
import type { WireReading } from "../src/lib/live/frames";
import { bucketOf, BUCKETS, pack, unpack } from "../src/lib/live/kept/buckets";
import { Keeper } from "../src/lib/live/kept/keeper";
import type { Pace } from "../src/lib/live/kept/pace";
import { BrowserShelf, type Shelf } from "../src/lib/live/kept/shelf";
import type { Whose } from "../src/lib/live/kept/whose";
import { LiveStore } from "../src/lib/live/store";
import { delta, play, snap, type ScriptedWorld } from "./scripted";

const ANNA: Whose = { device: "tablet", person: "anna", me: { role: "owner", person: "anna" }, acts: ["**"], seat: "driver" };

function paced(world: ScriptedWorld, alone = true): Pace {
  let stamps = 0;
  return {
    now: () => world.at,
    lap: () => world.at,
    later: (ms, run) => world.later(ms, run),
    idle: (run) => void world.later(1, () => run(() => 10)),
    breath: () => Promise.resolve(),
    stamp: () => `S${++stamps}-${Math.random()}`,
    alone: () => Promise.resolve(alone),
  };
}

let factory: IDBFactory;
beforeEach(() => (factory = new IDBFactory()));
const shelf = () => new BrowserShelf(() => factory);

/** A page: opened, connected to a hub that shows these, and kept. */
function page(lies: Shelf = shelf(), alone = true) {
  const { world, store, socket } = play();
  const keeper = new Keeper(lies, store, socket, paced(world, alone));
  return { world, store, socket, keeper };
}

/** Lets what was begun come to its end: fake stores answer in turns of their own. */
async function settled(world: ScriptedWorld, ms = 12_000): Promise<void> {
  for (let turn = 0; turn < 8; turn++) {
    world.pass(ms / 8);
    await new Promise((resolve) => setTimeout(resolve, 4));
  }
}

async function seen(set: Record<string, WireReading>, rev = 4, whose = ANNA) {
  const one = page();
  one.socket.start();
  one.world.last.open();
  one.world.last.tell(snap(rev, set));
  await one.keeper.keep(whose);
  await settled(one.world);
  return one;
}

describe("buckets", () => {
  it("hold all paths of a thing together, and give back what was put in", () => {
    const store = new LiveStore();
    store.recall([["a/light.on", [true, 5]], ["a/light.hue", [3, 5, 4, "stale"]], ["b/x.y", [{ z: [1] }, 6, 5]]], [["a/light.on", [false, "sent", "K", 9]]]);
    expect(bucketOf("a/light.on")).toBe(bucketOf("a/thing.info"));
    const text = pack(["a/light.on", "a/light.hue", "b/x.y", "gone/x.y"], store)!;
    expect(unpack(text)).toEqual({
      facts: [["a/light.on", [true, 5]], ["a/light.hue", [3, 5, 4, "stale"]], ["b/x.y", [{ z: [1] }, 6, 5]]],
      wishes: [["a/light.on", [false, "sent", "K", 9]]],
    });
    expect(pack(["gone/x.y"], store)).toBeUndefined();
    for (let at = 0; at < 500; at++) expect(bucketOf(`thing-${at}/light.on`)).toBeLessThan(BUCKETS);
  });

  it("that were broken are not believed", () => {
    expect(() => unpack("{")).toThrow();
    expect(() => unpack('{"facts":{"a/b":"c"},"wishes":{}}')).toThrow();
  });
});

describe("the last picture", () => {
  it("is there again before the hub says a word, with its age, and goes on from its revision", async () => {
    const before = await seen({ "lamp/light.on": [true, 900], "lamp/thing.info": [{ signals: {} }, 1] });
    expect(before.keeper.trouble).toBeUndefined();
    const { world, store, socket, keeper } = page();
    world.at += 600_000;
    expect(await keeper.recall()).toEqual(ANNA);
    expect(store.reading("lamp/light.on")).toMatchObject({ value: true, at: 900 });
    expect(store.things()).toEqual(["lamp"]);
    expect([socket.hearing.late, socket.hearing.unsure, socket.limits]).toEqual([true, true, undefined]);
    socket.start();
    world.last.open();
    expect(world.last.hello).toMatchObject({ epoch: "E1", rev: 4 });
    world.last.tell(delta(5, { "lamp/light.on": [false, 1_500] }, { gone: ["lamp/thing.info"] }));
    await keeper.keep(ANNA);
    await settled(world);
    const third = page();
    await third.keeper.recall();
    expect([...third.store.facts()].map(([path, one]) => [path, one.value])).toEqual([["lamp/light.on", false]]);
  });

  it("costs the writing of what changed, not of all", async () => {
    const { world, keeper } = await seen(Object.fromEntries(Array.from({ length: 400 }, (_, at) => [`t${at}/light.on`, [true, 1] as WireReading])));
    const written: number[] = [];
    const write = keeper.shelf.write.bind(keeper.shelf);
    keeper.shelf.write = (change, hurry) => (written.push(change.buckets.size), write(change, hurry));
    world.last.tell(delta(5, { "t7/light.on": [false, 2] }));
    world.last.tell(delta(6, { "t7/light.on": [true, 3] }));
    await settled(world);
    expect(written).toEqual([1]);
  });

  it("is written also on a page that is never idle", async () => {
    const { world, store, socket } = play();
    const keeper = new Keeper(shelf(), store, socket, { ...paced(world), idle: (run) => void world.later(1, () => run(() => 0)) });
    socket.start();
    world.last.open();
    world.last.tell(snap(4, { "a/light.on": [true, 1], "b/light.on": [true, 1], "c/light.on": [true, 1] }));
    await keeper.keep(ANNA);
    await settled(world);
    expect(keeper.label?.rev).toBe(4);
  });

  it("is written when the page goes, at once", async () => {
    const { world, keeper } = await seen({ "lamp/light.on": [true, 900] });
    world.last.tell(delta(9, { "lamp/light.on": [false, 950] }));
    keeper.flush();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const next = page();
    await next.keeper.recall();
    expect([next.store.value("lamp/light.on"), next.socket.revision]).toEqual([false, 9]);
  });

  it("of two pages is kept by one, and by the other when that one is gone", async () => {
    await seen({ "lamp/light.on": [true, 900] }, 4);
    // A page that read before somebody else wrote must not add its part to theirs.
    const late = page();
    await late.keeper.recall();
    await seen({ "lamp/light.on": [true, 900], "door/lock.locked": [true, 5] }, 8);
    late.socket.start();
    late.world.last.open();
    late.world.last.tell(delta(6, { "gate/cover.state": ["open", 7] }));
    await late.keeper.keep(ANNA);
    await settled(late.world);
    const next = page();
    await next.keeper.recall();
    expect(next.socket.revision).toBe(6);
    expect([...next.store.facts().keys()].sort()).toEqual(["gate/cover.state", "lamp/light.on"]);
  });

  it("can't be resumed where a browser has no locks", async () => {
    const one = page(shelf(), false);
    one.socket.start();
    one.world.last.open();
    one.world.last.tell(snap(4, { "lamp/light.on": [true, 900] }));
    await one.keeper.keep(ANNA);
    await settled(one.world);
    const next = page();
    await next.keeper.recall();
    expect([next.store.value("lamp/light.on"), next.socket.revision]).toEqual([true, undefined]);
  });

  it("never mixes two runs of the hub: the revision written fits what is written", async () => {
    const { world, keeper, socket } = await seen({ "lamp/light.on": [true, 900] });
    world.last.tell(delta(5, { "lamp/light.on": [false, 901] }));
    world.last.lose();
    world.pass(600);
    world.last.open();
    world.last.tell({ ...snap(2, { "lamp/light.on": [true, 950] }), epoch: "E2" });
    await settled(world);
    expect([keeper.label?.epoch, keeper.label?.rev, socket.epoch]).toEqual(["E2", 2, "E2"]);
  });

  it("is let go after a week, and a guest's after a day", async () => {
    await seen({ "lamp/light.on": [true, 900] });
    const old = page();
    old.world.at += 8 * 86_400_000;
    expect(await old.keeper.recall()).toBeUndefined();
    expect(await shelf().label()).toBeUndefined();
    await seen({ "lamp/light.on": [true, 900] }, 4, { ...ANNA, me: { role: "guest" } });
    const guest = page();
    guest.world.at += 2 * 86_400_000;
    expect(await guest.keeper.recall()).toBeUndefined();
    expect(guest.store.facts().size).toBe(0);
  });

  it("leaves nothing when it is erased, also in the middle of being written", async () => {
    const { world, keeper } = await seen({ "lamp/light.on": [true, 900] });
    world.last.tell(delta(5, { "lamp/light.on": [false, 901] }));
    keeper.flush();
    await keeper.erase();
    await settled(world);
    expect([await shelf().label(), await shelf().size()]).toEqual([undefined, 0]);
  });

  it("that is erased while it is being read is not shown any more", async () => {
    await seen({ "lamp/light.on": [true, 900] });
    const next = page();
    const recalled = next.keeper.recall();
    await next.keeper.erase();
    expect([await recalled, next.store.facts().size, next.socket.known]).toEqual([undefined, 0, false]);
    expect(await next.keeper.recall()).toBeUndefined();
  });

  it("that is broken is thrown away, and made anew", async () => {
    await seen({ "lamp/light.on": [true, 900] });
    const change = { label: (await shelf().label())!, buckets: new Map([[3, "{broken"]]), whole: false };
    await shelf().write(change);
    const next = page();
    expect(await next.keeper.recall()).toBeUndefined();
    expect(next.store.facts().size).toBe(0);
    await seen({ "lamp/light.on": [true, 900] });
    expect(await page().keeper.recall()).toEqual(ANNA);
  });

  it("is done without where the browser keeps nothing, where there is no room, and where its store hangs", async () => {
    const none = page(new BrowserShelf(() => undefined));
    expect(await none.keeper.recall()).toBeUndefined();
    const full = await seen({ "lamp/light.on": [true, 900] });
    full.keeper.shelf.write = () => Promise.reject(new DOMException("full", "QuotaExceededError"));
    full.world.last.tell(delta(5, { "lamp/light.on": [false, 901] }));
    await settled(full.world);
    expect(full.keeper.trouble).toBe("full");
    // What lay there is whole still, as of its own revision.
    const next = page();
    await next.keeper.recall();
    expect([next.store.value("lamp/light.on"), next.socket.revision]).toEqual([true, 4]);
    const hung = page({ ...shelf(), read: () => new Promise(() => undefined) } as unknown as Shelf);
    const recalled = hung.keeper.recall();
    hung.keeper.giveUp();
    hung.store.recall([["lamp/light.on", [false, 950]]], []);
    await Promise.race([recalled, settled(hung.world)]);
    expect(hung.store.value("lamp/light.on")).toBe(false);
  });

  it("is not let into the hub's own word where its store answers late, and does not empty the page", async () => {
    await seen({ "lamp/light.on": [true, 900], "gate/cover.state": ["open", 900] });
    for (const late of [(text: string[]) => Promise.resolve(text), () => Promise.reject(new DOMException("hung", "TimeoutError"))]) {
      const lying = await shelf().read();
      const held = new Promise((resolve) => setTimeout(resolve, 5));
      const texts = (await Promise.all(lying.texts)).map((text) => held.then(() => late(text)));
      for (const one of texts) one.catch(() => undefined);
      const slow = page({ ...shelf(), read: () => Promise.resolve({ label: lying.label, texts }), erase: () => Promise.resolve() } as unknown as Shelf);
      const recalled = slow.keeper.recall();
      await Promise.resolve();
      slow.keeper.giveUp();
      slow.socket.start();
      slow.world.last.open();
      slow.world.last.tell(snap(9, { "lamp/light.on": [false, 950] }));
      expect(await recalled).toBeUndefined();
      expect([[...slow.store.facts().keys()], slow.store.value("lamp/light.on")]).toEqual([["lamp/light.on"], false]);
    }
  });
});
