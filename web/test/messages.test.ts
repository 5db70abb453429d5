import { expect, it } from "vitest";
import { opened } from "../src/lib/api/messages";
import type { Group } from "../src/lib/sealing/group.svelte";

it("opens an answer also where the hub's clock was set back since the last one", async () => {
  let last = 0;
  const answer = (counter: number) =>
    opened<{ n: number }>(
      {
        // As a group's screen opens: what stands for long, and is older than what was seen in its record, is refused.
        async open(_kind: string, _record: string, _frame: string, how = "kept") {
          if (how === "kept" && counter < last) return { why: "replayed" };
          if (how === "kept") last = counter;
          return { text: "", sender: "hub", said: { n: counter } };
        },
      } as unknown as Group,
      "ada:conversation",
      "frame",
    );
  expect((await answer(2_000)).n).toBe(2_000);
  expect((await answer(1_000)).n).toBe(1_000);
});
