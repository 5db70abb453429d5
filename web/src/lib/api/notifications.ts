/** What the apps on this person's phones say, and what is said to them: sealed both ways. */

import { named } from "../live/ulid";
import type { Group } from "../sealing/group.svelte";
import { act, ApiError, file, read } from "./call";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type Listed = Schemas["NotificationList"];
export type ShownNotification = Schemas["ShownNotification"];
export type OfFace = Schemas["NotificationRules"]["faces"];
export type Hide = Schemas["NotificationRules"]["hide"];
export type OfApp = "show" | "silent" | "sender" | "off";
export const KIND = "notification";

/** What was chosen. `shut`: the hub can't open what was chosen before. */
export interface Rules {
  readonly faces: OfFace;
  readonly hide: Hide;
  readonly shut: boolean;
  readonly apps: Readonly<Record<string, OfApp>>;
  readonly quick: readonly string[];
  readonly heard: readonly string[];
}
export interface Wishes {
  readonly faces?: OfFace;
  readonly hide?: Hide;
  readonly apps?: Readonly<Record<string, OfApp>>;
  readonly quick?: readonly string[];
  /** Nothing of before holds. */
  readonly anew?: boolean;
}

export const list = (run: string, revision: number) => read<Listed>("notifications/list", { run, revision });
export const icon = (id: string) => read<Schemas["NotificationIcon"]>("notifications/icon", { id });
export const dismiss = (ids: readonly string[]) => act("notifications/dismiss", { ids });

async function hand(verb: string, group: Group, person: string, id: string, text: string, key = named(person)): Promise<string> {
  const frame = await group.seal(KIND, key, { text });
  return (await act<Schemas["NotificationHanded"]>(`notifications/${verb}`, { id, key, frame })).phone;
}

/** Answer one; said once more with the same `key`, it is sent once. Returns what the phone is called that has it. Throws ApiError. */
export const reply = (group: Group, person: string, id: string, text: string, key?: string) => hand("reply", group, person, id, text, key);
/** Press a button of one. Returns what the phone is called. Throws ApiError. */
export const press = (group: Group, person: string, id: string, action: string) => hand("act", group, person, id, action);

async function opened(group: Group, person: string, { faces, hide, shut, frame }: Schemas["NotificationRules"]): Promise<Rules> {
  const found = await group.open(KIND, `${person}:rules`, frame, "fleeting");
  if (!("said" in found)) throw new ApiError(0, "internal", "");
  return { faces, hide, shut, ...(found.said as Pick<Rules, "apps" | "quick" | "heard">) };
}

/** Throws ApiError. */
export const rules = async (group: Group, person: string) => opened(group, person, await read<Schemas["NotificationRules"]>("notifications/rules"));

/** Throws ApiError. */
export async function choose(group: Group, person: string, { apps, quick, ...open }: Wishes): Promise<Rules> {
  const key = named(person);
  const sealed = apps || quick ? { key, frame: await group.seal(KIND, key, { text: "", apps: apps ?? {}, ...(quick ? { quick } : {}) }) } : {};
  return opened(group, person, await act<Schemas["NotificationRules"]>("notifications/choose", { ...open, ...sealed }));
}

/** A notification as sound. Throws ApiError. */
export const aloud = async (id: string): Promise<ArrayBuffer> => (await file("notifications/read_aloud", { id })).arrayBuffer();
