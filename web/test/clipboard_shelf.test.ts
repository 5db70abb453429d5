/** What comes stands on the page before all is asked for, and never against what the hub says since. */

import { beforeEach, expect, it, vi } from "vitest";
import * as api from "../src/lib/api/clipboard";
import type { Group } from "../src/lib/sealing/group.svelte";
import { phoneOf, Shelf } from "../src/panels/clipboard/shelf.svelte";

vi.mock("../src/lib/api/clipboard");

const entry = (id: string, at: number): api.ShownEntry => ({ id, frame: id, at, until: at + 60, everybody: false, brief: false, image: 0, told: false });
const group = {
  version: 1,
  standing: "in",
  open: async (_kind: string, _record: string, frame: string) => (frame === "shut" ? { why: "no_key" } : { text: frame, sender: "a", said: {} }),
  seal: async (_kind: string, record: string) => record,
  prune: async () => undefined,
} as unknown as Group;
let there: api.ShownEntry[];
let shelf: Shelf;
const ids = () => shelf.entries?.map((one) => one.id);

beforeEach(async () => {
  there = [entry("two", 2), entry("one", 1)];
  vi.mocked(api.entries).mockImplementation(async () => ({ entries: there, part: true, lasts: 60 }));
  shelf = new Shelf(group, "anna");
  await shelf.show(entry("early", 0));
  expect(ids()).toBeUndefined();
  await shelf.load();
});

it("shows it at its place, once", async () => {
  await shelf.show(entry("three", 3));
  await shelf.show(entry("three", 3));
  await shelf.show(entry("middle", 1.5));
  expect(ids()).toEqual(["three", "two", "middle", "one"]);
  await shelf.load();
  expect(ids()).toEqual(["two", "one"]);
});

it("leaves to the whole list what can't be opened here", async () => {
  await shelf.show(entry("shut", 3));
  expect(ids()).toEqual(["two", "one"]);
});

it("goes by the list that came while it was opened", async () => {
  let opens = (): void => undefined;
  const opening = new Promise<void>((resolve) => (opens = resolve));
  const { open } = group;
  vi.spyOn(group, "open").mockImplementationOnce(async (...all) => (await opening, open(...all)));
  const late = shelf.show(entry("gone", 3));
  await shelf.load();
  opens();
  await late;
  expect(ids()).toEqual(["two", "one"]);
});

it("has what was put in here, though nobody tells", async () => {
  vi.mocked(api.put).mockImplementation(async (id) => entry(id, 9));
  const id = await shelf.put("words");
  expect(ids()).toEqual([id, "two", "one"]);
});

it("tells of a hub's entry on which phone it was copied, where that is told", () => {
  expect(phoneOf({ text: "a", name: "Pixel" })).toBe("Pixel");
  for (const said of [{ text: "a" }, { name: "" }, { name: 7 }, { name: {} }]) expect(phoneOf(said)).toBeUndefined();
  expect(phoneOf({ name: "x".repeat(5_000) })).toHaveLength(64);
});
