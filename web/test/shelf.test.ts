/** What is there for a minute is gone from the page then, and so is all that is no longer listed. */

import { beforeEach, expect, it, vi } from "vitest";
import type { Group } from "../src/lib/sealing/group.svelte";

const hub = vi.hoisted(() => ({ entries: vi.fn() }));
vi.mock("../src/lib/api/clipboard", () => hub);
const { Shelf } = await import("../src/panels/clipboard/shelf.svelte");

const entry = (id: string, brief: boolean) => ({ id, frame: id, at: 1e9, until: 1e9 + 60, brief, image: 0, everybody: false, told: false });
const opens = vi.fn((_kind: string, id: string) => Promise.resolve({ text: `clear ${id}`, sender: "phone", said: {} }));
const shelf = () => new Shelf({ version: 1, standing: "in", open: opens, prune: () => Promise.resolve() } as unknown as Group, "anna");
const lists = (...entries: unknown[]) => hub.entries.mockResolvedValue({ entries, part: true, lasts: 60 });

beforeEach(() => {
  vi.useFakeTimers();
  opens.mockClear();
});

it("goes after a minute, whatever the clocks say", async () => {
  const one = shelf();
  lists(entry("a", true), entry("b", false));
  await one.load();
  // The device's clock was set back a day.
  one.drop(1e9 - 86_400);
  expect(one.entries).toHaveLength(2);
  vi.advanceTimersByTime(61_000);
  one.drop(1e9 - 86_400);
  expect(one.entries!.map(({ id }) => id)).toEqual(["b"]);
  await one.load();
  expect(one.entries!.map(({ id }) => id)).toEqual(["b"]);
});

it("is opened anew where it was not listed meanwhile: nothing of it was kept", async () => {
  const one = shelf();
  lists(entry("a", false), entry("b", false));
  await one.load();
  await one.load();
  expect(opens).toHaveBeenCalledTimes(2);
  lists(entry("b", false));
  await one.load();
  lists(entry("a", false), entry("b", false));
  await one.load();
  expect(opens).toHaveBeenCalledTimes(3);
});
