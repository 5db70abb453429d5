import { expect, it } from "vitest";
import { Gathered } from "../src/lib/live/gathered";

function scripted() {
  const frames: (() => void)[] = [];
  const timers: (() => void)[] = [];
  const put = (list: (() => void)[], run: () => void) => {
    list.push(run);
    return () => void list.splice(list.indexOf(run), 1);
  };
  const taken: string[] = [];
  const gathered = new Gathered((text) => taken.push(text), { next: (run) => put(frames, run), later: (_, run) => put(timers, run) });
  return { frames, timers, taken, gathered };
}

it("takes what came within a frame together, in order, once", () => {
  const { frames, timers, taken, gathered } = scripted();
  gathered.add("a");
  gathered.add("b");
  expect(taken).toEqual([]);
  expect(frames).toHaveLength(1);
  frames[0]!();
  expect(taken).toEqual(["a", "b"]);
  expect(frames.length + timers.length).toBe(0);
  gathered.add("c");
  expect(frames).toHaveLength(1);
});

it("takes it also where no frame is drawn", () => {
  const { frames, timers, taken, gathered } = scripted();
  gathered.add("a");
  timers[0]!();
  expect(taken).toEqual(["a"]);
  expect(frames.length + timers.length).toBe(0);
});

it("what comes while it is taken has its turn at the next frame", () => {
  const { frames, taken, gathered } = scripted();
  const again = new Gathered((text) => (taken.push(text), text === "a" && gathered.add("b")), gathered.frames);
  again.add("a");
  frames[0]!();
  expect(taken).toEqual(["a"]);
  frames[0]!();
  expect(taken).toEqual(["a", "b"]);
});

it("nothing is taken of a line that was given up", () => {
  const { frames, timers, taken, gathered } = scripted();
  gathered.add("a");
  gathered.drop();
  gathered.all();
  expect(taken).toEqual([]);
  expect(frames.length + timers.length).toBe(0);
});
