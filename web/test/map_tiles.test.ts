import { afterEach, expect, it, vi } from "vitest";
import { nearest } from "../src/panels/map/geometry";
import { MOST } from "../src/panels/map/style/style";
import { tile } from "../src/panels/map/tiles";

/** A file of one tile, the world's. */
function archive(content: Uint8Array): Uint8Array {
  const directory = [1, 0, 1, content.length, 1];
  const made = new Uint8Array(127 + directory.length + content.length);
  made.set(new TextEncoder().encode("PMTiles"));
  const numbers = new DataView(made.buffer);
  for (const [at, value] of [[8, 127], [16, directory.length], [56, 127 + directory.length], [64, content.length]] as const) numbers.setUint32(at, value, true);
  made.set([3], 7);
  made.set([1, 1, 1, 1, 0, 14], 96);
  made.set(directory, 127);
  made.set(content, 127 + directory.length);
  return made;
}

afterEach(() => void vi.unstubAllGlobals());

it("a map that could not be read once is read when it is asked for again", async () => {
  const file = archive(Uint8Array.of(7, 8, 9));
  let away = true;
  vi.stubGlobal("fetch", (_: string, { headers }: { headers: { Range: string } }) => {
    if (away) return Promise.reject(new TypeError("the hub is away"));
    const [from, to] = /(\d+)-(\d+)/.exec(headers.Range)!.slice(1).map(Number) as [number, number];
    return Promise.resolve(new Response(file.slice(from, to + 1), { status: 206 }));
  });
  const ask = () => tile({ url: "wayhome://li/abc/0/0/0" }, new AbortController());
  await expect(ask()).rejects.toThrow();
  away = false;
  expect([...new Uint8Array((await ask()).data)]).toEqual([7, 8, 9]);
});

it("of many regions those are drawn that are looked at", () => {
  const all = Array.from({ length: MOST + 3 }, (_, at) => ({ id: at, bounds: [at * 2, 47, at * 2 + 1, 48] }));
  const ids = (longitude: number) => nearest(all, { latitude: 47.5, longitude }, MOST).map(({ id }) => id);
  expect(ids(0.5)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(ids(16.5)).toEqual([3, 4, 5, 6, 7, 8]);
  expect(nearest(all.slice(0, 2), { latitude: 0, longitude: 0 }, MOST)).toHaveLength(2);
});
