import fc from "fast-check";
import { expect, it } from "vitest";
import type { WireWish } from "../src/lib/live/frames";
import { ModelHub, play } from "./scripted";

const paths = ["a/light.on", "b/light.on", "c/sensor.value", "d/thing.info"];
const step = fc.oneof(
  fc.record({ do: fc.constant("set" as const), path: fc.constantFrom(...paths), value: fc.integer({ min: 0, max: 9 }) }),
  fc.record({ do: fc.constant("wish" as const), path: fc.constantFrom(...paths), open: fc.boolean() }),
  fc.record({ do: fc.constant("drop" as const), path: fc.constantFrom(...paths) }),
  fc.record({ do: fc.constant("lose" as const) }),
  fc.record({ do: fc.constant("half" as const) }),
  fc.record({ do: fc.constant("restart" as const) }),
  fc.record({ do: fc.constant("tell" as const) }),
);

it("whatever is lost, cut off or restarted, in the end the screen knows what the hub knows", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 3 }), (steps, size) => {
      const hub = new ModelHub();
      const { world, store, socket } = play();
      let told = 0;
      socket.start();
      const connect = (half = false) => {
        world.pass(20_000);
        world.last.open();
        const frames = hub.answer(world.last.hello!, size);
        for (const frame of half ? frames.slice(0, -1) : frames) world.last.tell(frame);
        told = hub.rev;
      };
      const catchUp = () => {
        if (hub.rev > told) world.last.tell(hub.since(told));
        told = hub.rev;
      };
      connect();
      for (const one of steps) {
        if (one.do === "set") hub.set(one.path, one.value);
        else if (one.do === "wish") hub.wish(one.path, one.open ? ([true, "sent", "K", 99] satisfies WireWish) : null);
        else if (one.do === "drop") hub.drop(one.path);
        else if (one.do === "tell") catchUp();
        else {
          world.last.lose();
          if (one.do === "half") {
            connect(true);
            world.last.lose();
          }
          if (one.do === "restart") hub.restart();
          connect();
        }
      }
      catchUp();
      const known = Object.fromEntries([...store.facts()].map(([path, reading]) => [path, [reading.value, reading.at]]));
      expect(known).toEqual(Object.fromEntries([...hub.facts].map(([path, { reading }]) => [path, reading])));
      for (const path of paths) expect(store.wish(path) !== undefined).toBe((hub.wishes.get(path)?.wish ?? null) !== null);
      expect(store.things()).toEqual(hub.facts.has("d/thing.info") ? ["d"] : []);
      expect(socket.line).toBe("live");
    }),
    { numRuns: 300, seed: Number(process.env.SEED ?? 1) },
  );
});
