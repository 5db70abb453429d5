import { describe, expect, it } from "vitest";
import { LiveStore } from "../src/lib/live/store";
import { ThingView } from "../src/lib/things/house";
import { LATITUDE, LONGITUDE, bearing, between, mapLink, places, point, wind, within } from "../src/lib/things/whereabouts";
import { snap } from "./scripted";

const HOME = { latitude: 47.14226, longitude: 9.52683 };
const store = (latitude: unknown, longitude: unknown) => {
  const made = new LiveStore();
  made.snap(snap(1, { [`car/${LATITUDE}`]: [latitude as never, 100, 90], [`car/${LONGITUDE}`]: [longitude as never, 100], "@place/home": [{ ...HOME, name: "Home", radius: 80 }, 1], "@place/odd": ["?", 1], "@place/school": [{ latitude: 47.1523, longitude: 9.5153, name: "School" }, 1] }), true);
  return made;
};

describe("where a car is", () => {
  it("is its point, as old as the car says", () => {
    expect(point(new ThingView(store(47.1, 9.5), "car"))).toEqual({ latitude: 47.1, longitude: 9.5, at: 90 });
  });

  it("is not known without a fix", () => {
    for (const [latitude, longitude] of [[0, 0], [91, 9], [47, null], ["47", 9]]) expect(point(new ThingView(store(latitude, longitude), "car"))).toBeUndefined();
  });

  it("lies in the nearest of the household's places that holds it", () => {
    const known = places(store(1, 1));
    expect(known.map((one) => one.id)).toEqual(["home", "school"]);
    expect(within({ latitude: 47.1425, longitude: 9.527 }, known)?.name).toBe("Home");
    expect(within({ latitude: 47.1529, longitude: 9.5153 }, known)?.name).toBe("School");
    expect(within({ latitude: 47.147, longitude: 9.52 }, known)).toBeUndefined();
  });

  it("is so far from home, and in that direction", () => {
    expect(between(HOME, { ...HOME, latitude: HOME.latitude + 0.01 })).toBeCloseTo(1112, -1);
    expect(bearing(HOME, { ...HOME, latitude: HOME.latitude + 0.01 })).toBeCloseTo(0);
    expect(bearing(HOME, { ...HOME, longitude: HOME.longitude - 0.01 })).toBeCloseTo(270, 0);
    expect([wind(0), wind(359), wind(44), wind(226)]).toEqual(["n", "n", "ne", "sw"]);
  });

  it("opens in the maps that the device has", () => {
    expect(mapLink(HOME, "Aurora 1", "Mozilla/5.0 (Linux; Android 15)")).toBe("geo:47.142260,9.526830?q=47.142260,9.526830(Aurora%201)");
    expect(mapLink(HOME, "Aurora", "Mozilla/5.0 (iPhone; CPU iPhone OS 18)")).toMatch(/^maps:\?ll=47\.142260,9\.526830&q=Aurora$/);
    expect(mapLink(HOME, "Aurora", "Mozilla/5.0 (X11; Linux x86_64)")).toMatch(/^https:\/\/www\.openstreetmap\.org\/\?mlat=47/);
  });
});
