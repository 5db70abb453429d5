/** Recordings: the hub's answers about them, and what is asked of it. */

import { at } from "../live/at";
import { act, file, read } from "./call";
import type { components } from "./schema";

type Schemas = components["schemas"];
type Recorded = Schemas["Recording"];
/** What is at its usual value is not sent. */
export type Recording = Pick<Recorded, "id" | "camera" | "name" | "start" | "happened" | "why" | "by"> & Partial<Recorded>;
/** What is as usual is not sent of these either. */
export type Rules = Partial<Schemas["RecordingRules"]>;
export type Camera = Schemas["RecordedCamera"];
export type Choice = Schemas["CameraRecorded"];
export type Sensor = Schemas["RecordingSensor"];
export type State = Camera["state"];
export type Listed = Omit<Schemas["RecordingsListed"], "recordings" | "running" | "rules"> & { recordings: Recording[]; running: Recording[]; rules: Rules };

export const list = (query: { day?: string; camera?: string }): Promise<Listed> => read("recordings/list", query);
export const still = (id: string): Promise<File> => file("recordings/still", { id });
export const keep = (id: string, on: boolean): Promise<Recording> => act("recordings/keep", { id, on });
export const remove = (ids: readonly string[]): Promise<void> => act("recordings/delete", { ids });
export const putBack = (ids: readonly string[]): Promise<void> => act("recordings/put_back", { ids });
export const camera = (id: string): Promise<Choice> => read("recordings/camera", { camera: id });
export const choose = (id: string, what: { on?: boolean; sensors?: readonly string[] | null }): Promise<Choice> => act("recordings/choose", { camera: id, ...what });
export const rules = (what: { days?: number; share?: number; after?: number }): Promise<Rules> => act("recordings/rules", what);

/** Where its film is played from. At another door a player can't say who asks: the whole film is fetched first. */
export async function film(id: string): Promise<{ src: string; end: () => void }> {
  if (at.door === "") return { src: `api/recordings/film/${id}`, end: () => undefined };
  const src = URL.createObjectURL(await file(`recordings/film/${id}`));
  return { src, end: () => URL.revokeObjectURL(src) };
}

/** Its film, to be saved. */
export const saved = (id: string): Promise<File> => file(`recordings/film/${id}`, { save: "true" });
