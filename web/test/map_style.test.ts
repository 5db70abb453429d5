import { validateStyleMin } from "@maplibre/maplibre-gl-style-spec";
import { describe, expect, it } from "vitest";
import type { Region } from "../src/lib/api/maps";
import { glow } from "../src/panels/map/home_glow";
import type { Look } from "../src/panels/map/style/look";
import { address, MOST, style } from "../src/panels/map/style/style";

const region = (id: string, west: number): Region => ({ id, name: id, source: id, bounds: [west, 47, west + 1, 48], made: 1, size: 1, revision: "abc", spots: 1, stations: 1 });
const HERE = { latitude: 47.14, longitude: 9.52 };
const LOOK: Look = { theme: "night", language: "en", calm: false, letters: 24, broad: 1.5 };
const of = (look: Partial<Look> = {}, regions: readonly Region[] = [region("li", 9)]) => style({ ...LOOK, ...look }, regions, [glow(HERE)]);

describe("the map's style", () => {
  it("is one that MapLibre takes, in every look", () => {
    for (const theme of ["day", "night"] as const)
      for (const language of ["en", "zh"] as const) for (const calm of [true, false]) expect(validateStyleMin(of({ theme, language, calm }, [region("a", 9), region("b", 10)]) as never)).toEqual([]);
  });

  it("draws every region's ground before any region's roads, and words over all", () => {
    const ids = of({}, [region("a", 9), region("b", 10)]).layers.map((one) => one.id);
    const at = (head: string) => ids.flatMap((id, n) => (id.startsWith(`${head}@`) ? [n] : []));
    expect(at("road")).toHaveLength(2);
    expect(Math.max(...at("building"), ...at("water"))).toBeLessThan(Math.min(...at("tunnel-edge"), ...at("road-edge")));
    expect(Math.max(...at("bridge"))).toBeLessThan(ids.indexOf("home:glow"));
    expect(ids.indexOf("home:glow")).toBeLessThan(Math.min(...at("street-name"), ...at("place")));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("draws a few regions at once", () => {
    const many = Array.from({ length: MOST + 3 }, (_, at) => region(`r${at}`, at));
    expect(Object.keys(of({}, many).sources).filter((name) => name.startsWith("map:"))).toHaveLength(MOST);
  });

  it("asks another revision at another address", () => {
    expect(address({ id: "li", revision: "abc" })).toBe("wayhome://li/abc/{z}/{x}/{y}");
    expect(address({ id: "li", revision: "abd" })).not.toBe(address({ id: "li", revision: "abc" }));
  });

  it("says fewer things while somebody drives, and says them in their language", () => {
    const text = (calm: boolean, language: "en" | "zh") => JSON.stringify(of({ calm, language }).layers);
    expect(text(false, "en")).toContain('"number@li"');
    expect(text(true, "en")).not.toContain('"number@li"');
    expect(text(true, "zh")).toContain("name_zh");
    expect(text(true, "en")).not.toContain("name_zh");
  });

  it("never writes smaller than the street's letters by more than a quarter", () => {
    for (const layer of of({ calm: true }).layers) {
      const size = JSON.stringify((layer as { layout?: Record<string, unknown> }).layout?.["text-size"] ?? LOOK.letters);
      for (const found of size.matchAll(/(?<![\w.])\d+\.?\d*/g)) if (Number(found[0]) > 19) expect(Number(found[0])).toBeGreaterThanOrEqual(LOOK.letters * 0.85);
    }
  });
});
