import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Way } from "../src/lib/way.svelte";

/** The browser's sound, as far as the page uses it. */
class Sound {
  static allowed = true;
  static played: string[] = [];
  state = Sound.allowed ? "running" : "suspended";
  destination = {};
  resume = () => (Sound.allowed ? Promise.resolve() : new Promise<void>(() => undefined));
  decodeAudioData = (file: ArrayBuffer) => Promise.resolve(new TextDecoder().decode(file));
  createGain = () => ({ gain: { value: 1 }, connect: (to: unknown) => to });
  createBufferSource() {
    const source = { buffer: "", onended: (): void => undefined, connect: (to: unknown) => to, start: () => (Sound.played.push(source.buffer), setTimeout(() => source.onended())), stop: () => source.onended() };
    return source;
  }
}

const way = (face: string, seat: string, more: object = {}) => {
  const kept = { voice: null as boolean | null, seat };
  const failures: unknown[] = [];
  const prefs = { kept, distance: "km", region: "CN", set: (change: object) => Object.assign(kept, change), ...more };
  return { failures, way: { face, driver: seat === "driver", placed: seat !== "unknown", words: { language: "zh" }, prefs, fail: (error: unknown) => failures.push(error) } as unknown as Way };
};

let asked: string[];
let answers: (() => Promise<Response>)[];

beforeEach(() => {
  vi.resetModules();
  [Sound.allowed, Sound.played, asked, answers] = [true, [], [], []];
  vi.stubGlobal("AudioContext", Sound);
  vi.stubGlobal("fetch", (url: string) => (asked.push(url), (answers.shift() ?? (() => Promise.resolve(new Response("turn left"))))()));
});
afterEach(() => void vi.unstubAllGlobals());
const voice = () => import("../src/panels/map/route/voice.svelte");

describe("the voice of the way", () => {
  it("is the driver's glass's by itself, and any screen's that was told so", async () => {
    const { wanted } = await voice();
    expect([way("car", "driver"), way("car", "unknown"), way("car", "elsewhere"), way("car", "passenger"), way("phone", "driver")].map((one) => wanted(one.way))).toEqual([true, true, false, false, false]);
    const phone = way("phone", "elsewhere");
    phone.way.prefs.set({ voice: true });
    expect(wanted(phone.way)).toBe(true);
  });

  it("speaks the reader's language, in the reader's units", async () => {
    const { tell } = await voice();
    await tell(way("car", "driver").way, "car");
    await tell(way("car", "driver", { distance: "mi", region: "GB" }).way, "car");
    await tell(way("car", "driver", { distance: "mi", region: "US" }).way, "car");
    expect(asked.map((url) => new URLSearchParams(url.split("?")[1]).get("units"))).toEqual(["metric", "yards", "feet"]);
    expect(asked[0]).toContain("language=zh");
    expect(Sound.played).toHaveLength(3);
  });

  it("says the later word only, where two come at once", async () => {
    const { tell } = await voice();
    let late = (): void => undefined;
    answers = [() => new Promise((done) => (late = () => done(new Response("in 300 metres")))), () => Promise.resolve(new Response("turn left"))];
    const first = tell(way("car", "driver").way, "car");
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    await tell(way("car", "driver").way, "car");
    late();
    await first;
    expect(Sound.played).toEqual(["turn left"]);
  });

  it("keeps silent where the browser does, rather than to say it late", async () => {
    Sound.allowed = false;
    const { failed, tell } = await voice();
    await tell(way("car", "driver").way, "car");
    expect([asked, Sound.played, failed()]).toEqual([[], [], true]);
  });

  it("shows that the hub has none, and says why to who turns it on", async () => {
    const { failed, tell, toggle } = await voice();
    const none = () => Promise.resolve(new Response(JSON.stringify({ code: "not_found", detail: "this hub has no voice" }), { status: 404 }));
    answers = [none, none];
    const one = way("car", "driver");
    await tell(one.way, "car");
    expect([failed(), one.failures]).toEqual([true, []]);
    await toggle(one.way, "car");
    expect(one.failures).toHaveLength(1);
    await toggle(one.way, "car");
    expect([failed(), Sound.played, one.way.prefs.kept.voice]).toEqual([false, ["turn left"], true]);
    await toggle(one.way, "car");
    expect(one.way.prefs.kept.voice).toBe(false);
  });
});
