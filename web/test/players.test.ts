import { describe, expect, it } from "vitest";
import type { Value, WireReading } from "../src/lib/live/frames";
import { LiveStore } from "../src/lib/live/store";
import { matcher } from "../src/lib/things/glob";
import { House } from "../src/lib/things/house";
import { foremost, others, players } from "../src/lib/things/players";
import { snap } from "./scripted";

const P = "media_player";
const FULL = { [`${P}.state`]: {}, [`${P}.playing`]: {}, [`${P}.position`]: {}, [`${P}.media`]: {}, [`${P}.next`]: {} };

function house(things: Record<string, { kind?: string; site?: string; signals?: Record<string, object>; now?: Record<string, Value> }>): House {
  const set: Record<string, WireReading> = {};
  for (const [id, { signals = FULL, now = {}, kind = P, site = "home" }] of Object.entries(things)) {
    const traits = [...new Set(Object.keys(signals).map((one) => one.split(".")[0]!))];
    set[`${id}/thing.info`] = [{ name: id, link: "l", kind, traits, signals, site } as unknown as Value, 1];
    for (const [signal, value] of Object.entries(now)) set[`${id}/${signal}`] = [value, 100];
  }
  const store = new LiveStore();
  store.snap(snap(1, set), true);
  return new House(store);
}

const song = (state: string) => ({ [`${P}.state`]: state, [`${P}.title`]: "A song", [`${P}.media`]: "m1", [`${P}.position`]: 10, [`${P}.duration`]: 60 });

describe("players", () => {
  const all = players(
    house({
      quiet: {},
      "ada_phone-player": { kind: "phone", signals: { ...FULL, [`${P}.media`]: { fixed: true } }, now: song("playing") },
      radio: { now: song("paused") },
      hut: { site: "hut" },
    }),
    130,
  );
  const of = (id: string) => all.find((one) => one.thing.id === id)!;

  it("what plays comes first, in the colour of where it is, and goes on by itself", () => {
    expect(all[0]).toMatchObject({ state: "playing", tone: "road", title: "A song", at: 40, length: 60 });
    expect(of("radio")).toMatchObject({ state: "paused", tone: "home", at: 10 });
    expect(of("quiet").state).toBe("silent");
  });

  it("a piece goes to players that can be told it, at the same hub", () => {
    expect(others(all, of("ada_phone-player")).map((one) => one.thing.id).sort()).toEqual(["quiet", "radio"]);
    expect(others(all, of("radio")).map((one) => one.thing.id)).toEqual(["quiet"]);
    expect(of("ada_phone-player").takes).toBe(false);
  });

  it("who drives gets the one that plays, or was paused a moment ago", () => {
    expect(foremost(all, 130)?.thing.id).toBe("ada_phone-player");
    const paused = players(house({ radio: { now: song("paused") } }), 130);
    expect(foremost(paused, 130)?.thing.id).toBe("radio");
    expect(foremost(paused, 5_000)).toBeUndefined();
  });

  it("a car tells by VSS", () => {
    const media = "Vehicle.Cabin.Infotainment.Media";
    const car = house({ car: { kind: "car", signals: { [`${media}.Action`]: {} }, now: { [`${media}.Action`]: "PLAY", [`${media}.Played.Track`]: "On the road" } } });
    expect(players(car, 130)[0]).toMatchObject({ tone: "road", state: "playing", title: "On the road", takes: false, toggle: { target: "STOP" } });
  });
});

describe("what is somebody's own", () => {
  it("is a glob of its own", () => {
    const may = matcher(["ada_*/**", "*/light.**"]);
    expect(may("ada_phone-player/media_player.playing")).toBe(true);
    expect(may("ben_phone-player/media_player.playing")).toBe(false);
    expect(may("ada-lamp/switch.on")).toBe(false);
    expect(may("lamp/light.on")).toBe(true);
  });
});
