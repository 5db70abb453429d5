/** Scenes: what is asked of the hub about them, and its answers. */

import { act, read } from "./call";
import type { components } from "./schema";

type Schemas = components["schemas"];
/** What is at its usual value is not sent. */
export type Outcome = Omit<Schemas["Outcome"], "code" | "why"> & { code?: string | null; why?: string | null };
export type States = Record<string, boolean | number | string>;
export interface Part {
  thing: string;
  name: string;
  states: States;
  /** False: it is gone since. */
  there?: boolean;
}
export type Left = Schemas["Left"];
export interface Draft {
  parts: Part[];
  left: Left[];
}
export type Kind = "arriving" | "leaving" | "goodnight";
export type Icon = NonNullable<Schemas["Make"]["icon"]>;
export interface Made {
  scene: Schemas["Scene"];
  parts: Part[];
}
export interface Shown extends Made {
  last: (Omit<Schemas["LastRun"], "outcomes"> & { outcomes: Outcome[] }) | null;
}
export interface Ran {
  scene: Schemas["Scene"];
  run: string;
  outcomes: Outcome[];
  undo_until?: number | null;
}

const wanted = (parts: readonly Part[]) => parts.map(({ thing, states }) => ({ thing, states }));

export const show = (scene: string): Promise<Shown> => read("scenes/show", { scene });
export const capture = (things: readonly string[], rooms: readonly string[] = []): Promise<Draft> => read("scenes/capture", { things: things.join(","), rooms: rooms.join(",") });
export const propose = (kind: Kind): Promise<Draft> => read("scenes/propose", { kind });
export const make = (name: string, icon: string, parts: readonly Part[], id?: string): Promise<Made> => act("scenes/make", { name, icon, parts: wanted(parts), id: id ?? null });
export const change = (scene: string, what: { name?: string; icon?: string; put?: readonly Part[]; leave_out?: readonly string[] }): Promise<Made> =>
  act("scenes/change", { scene, ...what, put: wanted(what.put ?? []), leave_out: [...(what.leave_out ?? [])] });
export const remove = (scene: string): Promise<Made> => act("scenes/delete", { scene });
