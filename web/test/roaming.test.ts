import { beforeEach, expect, test, vi } from "vitest";
import { at, request } from "../src/lib/live/at";
import { roam, type Others } from "../src/lib/live/roaming";
import type { WireEvents } from "../src/lib/live/world";

const ROAD = "https://id.relay.example:8443";

/** A network that the test moves by hand. */
class Net {
  now = 0;
  timers: { at: number; run: () => void }[] = [];
  sockets: { door: string; events: WireEvents; sent: string[]; closed: boolean }[] = [];
  told: string[] = [];

  later = (ms: number, run: () => void) => {
    const timer = { at: this.now + ms, run };
    this.timers.push(timer);
    return () => void (this.timers = this.timers.filter((one) => one !== timer));
  };

  open = (door: string, events: WireEvents) => {
    const socket = { door, events, sent: [] as string[], closed: false };
    this.sockets.push(socket);
    return { send: (text: string) => void socket.sent.push(text), close: () => void (socket.closed = true) };
  };

  async pass(ms: number) {
    this.now += ms;
    const due = this.timers.filter((one) => one.at <= this.now);
    this.timers = this.timers.filter((one) => one.at > this.now);
    for (const one of due) one.run();
    await this.quiet();
  }

  async quiet() {
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  }

  last(door: string) {
    return this.sockets.filter((one) => one.door === door).at(-1)!;
  }

  roam(others: Others | undefined) {
    return roam(this, this.open, async () => others, {
      open: () => this.told.push("open"),
      text: (text) => this.told.push(text),
      closed: (code) => this.told.push(`closed ${code}`),
    });
  }
}

const others: Others = { doors: [ROAD], device: "phone", sign: async (nonce, door) => `${nonce} for ${door}` };

beforeEach(() => Object.assign(at, { door: "", pass: undefined }));

test("the own door is taken when it opens", async () => {
  const net = new Net();
  const wire = net.roam(others);
  net.last("").events.open();
  await net.pass(5_000);
  wire.send("hello");
  net.last("").events.text("snap");
  expect(net.told).toEqual(["open", "snap"]);
  expect(net.sockets.map((one) => one.door)).toEqual([""]);
  expect(net.last("").sent).toEqual(["hello"]);
  expect(at.door).toBe("");
});

test("another door is proven when the own one does not open in time", async () => {
  const net = new Net();
  const wire = net.roam(others);
  await net.pass(700);
  const road = net.last(ROAD);
  wire.send("too early");
  road.events.open();
  road.events.text(JSON.stringify({ t: "prove", nonce: "n" }));
  await net.quiet();
  expect(road.sent.map((text) => JSON.parse(text))).toEqual([
    { t: "who", device: "phone" },
    { t: "proof", signature: `n for ${ROAD}` },
  ]);
  expect(net.told).toEqual([]);
  road.events.text(JSON.stringify({ t: "pass", pass: "p" }));
  await net.quiet();
  wire.send("hello");
  road.events.text("snap");
  expect(net.told).toEqual(["open", "snap"]);
  expect(road.sent.at(-1)).toBe("hello");
  expect(net.last("").closed).toBe(true);
  expect(at).toEqual({ door: ROAD, pass: "p" });
});

test("what the own door says counts, and a door that does not know this device says nothing", async () => {
  const net = new Net();
  net.roam(others);
  net.last("").events.closed(4401);
  expect(net.told).toEqual(["closed 4401"]);

  const away = new Net();
  away.roam(others);
  away.last("").events.closed(1006);
  await away.quiet();
  away.last(ROAD).events.open();
  away.last(ROAD).events.text(JSON.stringify({ t: "bye", code: "sign_in_needed" }));
  await away.quiet();
  expect(away.told).toEqual(["closed 1006"]);
});

test("once inside, the other door's word counts as well", async () => {
  const net = new Net();
  net.roam(others);
  await net.pass(700);
  net.last(ROAD).events.text(JSON.stringify({ t: "pass", pass: "p" }));
  await net.quiet();
  net.last(ROAD).events.closed(4401);
  expect(net.told).toEqual(["open", "closed 4401"]);
});

test("it goes back to the own door when that opens again", async () => {
  const net = new Net();
  net.roam(others);
  await net.pass(700);
  net.last(ROAD).events.text(JSON.stringify({ t: "pass", pass: "p" }));
  await net.quiet();
  await net.pass(5_000);
  net.last("").events.closed(1006);
  await net.pass(5_000);
  net.last("").events.open();
  expect(net.told).toEqual(["open", "closed 1006"]);
  expect(at).toEqual({ door: "", pass: undefined });
  expect(net.last(ROAD).closed).toBe(true);
  expect(net.timers).toEqual([]);
});

test("without a key, and without another door that answers, it is as with one door", async () => {
  const net = new Net();
  net.roam(undefined);
  net.last("").events.closed(1006);
  await net.quiet();
  expect(net.told).toEqual(["closed 1006"]);

  const slow = new Net();
  const wire = slow.roam(others);
  await slow.pass(700);
  slow.last(ROAD).events.closed(1006);
  await slow.quiet();
  expect(slow.told).toEqual([]);
  slow.last("").events.open();
  expect(slow.told).toEqual(["open"]);
  wire.close();
  expect(slow.last("").closed).toBe(true);
});

test("a connection that is given up tells nothing any more", async () => {
  const net = new Net();
  const wire = net.roam(others);
  await net.pass(700);
  wire.close();
  net.last(ROAD).events.text(JSON.stringify({ t: "pass", pass: "p" }));
  await net.quiet();
  expect(net.told).toEqual([]);
  expect(net.sockets.every((one) => one.closed)).toBe(true);
  expect(at.door).toBe("");
});

test("a door that does not let this screen in is as good as away, and the pass ends with the connection", async () => {
  const net = new Net();
  net.roam(others);
  await net.pass(700);
  net.last(ROAD).events.text(JSON.stringify({ t: "pass", pass: "p" }));
  await net.quiet();
  const asked: RequestInit[] = [];
  vi.stubGlobal("fetch", async (_: string, init: RequestInit) => (asked.push(init), { status: 401 }));
  await expect(request("api/people/me")).rejects.toThrow(TypeError);
  expect(asked[0]).toMatchObject({ credentials: "omit", headers: { Authorization: "Bearer p" } });
  net.last(ROAD).events.closed(1006);
  expect(at).toEqual({ door: "", pass: undefined });
  expect(await request("api/people/me")).toEqual({ status: 401 });
  expect(asked[1]).toMatchObject({ credentials: "same-origin" });
  vi.unstubAllGlobals();
});
