import { describe, expect, it } from "vitest";
import { Here } from "../src/lib/here.svelte";
import type { Way } from "../src/lib/way.svelte";

/** What a browser keeps, in words. */
function storage(): Storage {
  const kept = new Map<string, string>();
  return { getItem: (name: string) => kept.get(name) ?? null, setItem: (name: string, text: string) => void kept.set(name, text) } as Storage;
}

describe("what this device keeps", () => {
  it("whose device lists count, as a link has told, is known after a reload, too: before it is kept with the keys", () => {
    const win = { localStorage: storage(), sessionStorage: storage() } as Window & typeof globalThis;
    const here = () => new Here({} as Way, win);
    expect(here().lists).toBeUndefined();
    here().lists = "f".repeat(32);
    expect(here().lists).toBe("f".repeat(32));
  });
});
