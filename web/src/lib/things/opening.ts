/** What opens: how it looks, and whether opening it lets somebody in. */

import type { ThingView } from "./house";

export type Leaf = "shade" | "blind" | "curtain" | "awning" | "garage" | "gate" | "door";

const LEAVES: Readonly<Record<string, Leaf>> = {
  blind: "blind", shutter: "blind", curtain: "curtain", awning: "awning", garage: "garage", garage_door: "garage", gate: "gate", door: "door", window: "door",
};

/** How a cover is drawn, by what its link calls it. */
export function leaf(cover: ThingView): Leaf {
  const said = LEAVES[cover.info?.kind ?? ""] ?? LEAVES[cover.refinement("cover.state").device_class ?? ""];
  return said ?? (cover.has("cover.tilt") ? "blind" : "shade");
}

/** Whether who opens it lets somebody in: then it is held, not tapped. */
export function entrance(cover: ThingView): boolean {
  return ["garage", "gate", "door"].includes(leaf(cover));
}

/** How far it is open, 0 to 100; undefined: nobody knows. One that knows only its ends is at one of them. */
export function openness(cover: ThingView): number | undefined {
  const state = cover.text("cover.state");
  return cover.number("cover.position") ?? (state === "open" ? 100 : state === "closed" ? 0 : state === undefined ? undefined : 50);
}

/** Where it was asked to go. */
export function asked(cover: ThingView): number | undefined {
  const position = cover.wish("cover.position");
  if (typeof position?.target === "number") return position.target;
  return cover.wish("cover.open") ? 100 : cover.wish("cover.close") ? 0 : undefined;
}
