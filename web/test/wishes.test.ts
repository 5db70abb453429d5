import { describe, expect, it } from "vitest";
import type { Whose } from "../src/lib/live/kept/whose";
import { KeptWishes } from "../src/lib/live/kept/wishes";
import { delta, play, snap } from "./scripted";

const ANNA: Whose = { device: "tablet", person: "anna", me: { role: "owner", person: "anna" }, acts: ["**"], seat: "driver" };

describe("wishes over a page that is loaded anew", () => {
  const box = () => {
    const lies = new Map<string, string>();
    return { getItem: (key: string) => lies.get(key) ?? null, setItem: (key: string, text: string) => void lies.set(key, text), removeItem: (key: string) => void lies.delete(key) };
  };
  const wish = { path: "a/light.on", data: { path: "a/light.on", target: true }, key: "KEY00001", ttl: 30, until: 1_030 };

  it("are there for who wished them, in time, and for nobody else", () => {
    const tab = box();
    const kept = new KeptWishes(() => tab);
    kept.recall(ANNA, 1_000);
    kept.keep([wish]);
    expect(new KeptWishes(() => tab).recall(ANNA, 1_010)).toEqual([wish]);
    expect(new KeptWishes(() => tab).recall(ANNA, 1_031)).toEqual([]);
    expect(new KeptWishes(() => tab).recall(ANNA, 10)).toEqual([]);
    expect(new KeptWishes(() => tab).recall({ ...ANNA, person: "mei" }, 1_010)).toEqual([]);
  });

  it("go out once the hub has told its time, with their key, unless it is too late by that", async () => {
    const { world, socket } = play();
    socket.recall({ epoch: "E1", rev: 1, heard: 990, offset: 0 });
    const inTime = socket.commands.ask("home.set", wish.data, "KEY00001", 30, true, 1_030);
    const late = socket.commands.ask("home.set", wish.data, "KEY00002", 30, true, 1_010);
    late.catch(() => undefined);
    socket.start();
    world.last.open();
    world.last.tell(delta(1));
    expect(world.last.wishes).toEqual([]);
    world.last.tell({ t: "pong", now: 1_020 });
    expect(world.last.wishes.map((one) => [one.key, one.ttl])).toEqual([["KEY00001", 10]]);
    await expect(late).rejects.toMatchObject({ code: "expired" });
    world.last.tell({ t: "ok", id: world.last.wishes[0]!.id!, data: { key: "KEY00001", state: "done" } });
    await expect(inTime).resolves.toMatchObject({ state: "done" });
  });

  it("can be taken back while the hub can't have them", async () => {
    const { world, socket } = play();
    socket.start();
    const taken = socket.commands.ask("home.set", {}, "KEY00001", 30, true);
    expect(socket.commands.withdraw("KEY00001")).toBe(true);
    await expect(taken).rejects.toMatchObject({ code: "withdrawn" });
    world.last.open();
    world.last.tell(snap(1, {}));
    expect(world.last.wishes).toEqual([]);
    void socket.commands.ask("home.set", {}, "KEY00002", 30, true);
    expect(socket.commands.withdraw("KEY00002")).toBe(false);
  });

  it("are told of when they go out: what is shown as waiting till then does so no more", () => {
    const { world, socket } = play();
    const waiting: number[] = [];
    socket.commands.onchange(() => waiting.push(socket.commands.open.filter((one) => !one.posted).length));
    socket.start();
    void socket.commands.ask("home.set", {}, "KEY00001", 30, true);
    expect(waiting.at(-1)).toBe(1);
    world.last.open();
    world.last.tell(snap(1, {}));
    expect(waiting.at(-1)).toBe(0);
  });

  it("end as they were meant when this device's clock is set back meanwhile", async () => {
    const { world, socket } = play();
    socket.start();
    const wished = socket.commands.ask("home.set", {}, "KEY00001", 5, true);
    world.at -= 86_400_000;
    socket.jumped(-86_400_000);
    world.pass(5_000);
    socket.commands.expire();
    await expect(wished).rejects.toMatchObject({ code: "expired" });
  });

  it("that were made by the new clock, before anybody noticed that it was set, go by that", async () => {
    const { world, socket } = play();
    socket.start();
    world.at -= 3_600_000;
    let ended = false;
    const end = () => void (ended = true);
    socket.commands.ask("home.set", {}, "KEY00001", 5, true).then(end, end);
    world.pass(400);
    socket.jumped(-3_600_000);
    world.pass(4_500);
    socket.commands.expire();
    await Promise.resolve();
    expect(ended).toBe(false);
    world.pass(100);
    socket.commands.expire();
    await new Promise((done) => setTimeout(done));
    expect(ended).toBe(true);
  });
});
