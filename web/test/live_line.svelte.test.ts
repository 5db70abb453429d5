// @vitest-environment happy-dom
import { flushSync } from "svelte";
import { expect, it } from "vitest";
import { Live } from "../src/lib/live/live";
import { ScriptedWorld, delta, snap } from "./scripted";

it("who asks the hub when it is there again is told of that alone, and not of each of its words", () => {
  const world = new ScriptedWorld();
  const live = new Live(world);
  const stop = live.start();
  const asked: string[] = [];
  let heard = 0;
  const end = $effect.root(() => {
    $effect(() => void asked.push(`${live.line} ${live.epoch}`));
    $effect(() => {
      void live.late;
      heard++;
    });
  });
  flushSync();
  world.last.open();
  world.last.tell(snap(1, {}));
  flushSync();
  const before = heard;
  for (let n = 0; n < 5; n++) {
    world.pass(4_000);
    world.last.tell({ t: "pong", now: 1_000 + n });
    world.last.tell({ t: "limits" } as never);
    flushSync();
  }
  expect(heard).toBeGreaterThan(before);
  expect(asked).toEqual(["connecting undefined", "live E1"]);
  world.last.tell(delta(2, {}, { epoch: "E2" }));
  flushSync();
  world.last.lose();
  flushSync();
  expect(asked.slice(2)).toEqual(["live E2", "lost E2"]);
  end();
  stop();
});

it("what is told along with the news of a path goes to whoever waits for that", () => {
  const world = new ScriptedWorld();
  const live = new Live(world);
  const stop = live.start();
  const told: unknown[] = [];
  const leave = live.store.along("@notification_news/anna", (data) => told.push(data));
  world.last.open();
  world.last.tell(snap(1, {}));
  world.last.tell({ t: "told", path: "@notification_news/anna", data: { revision: 3 } });
  world.last.tell({ t: "told", path: "@other/anna", data: 1 });
  leave();
  world.last.tell({ t: "told", path: "@notification_news/anna", data: { revision: 4 } });
  expect(told).toEqual([{ revision: 3 }]);
  stop();
});
