/** The group of devices that open what is private, and what they hand to each other. */

import type { Signed } from "../sealing/device_list";
import { act, read } from "./call";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type GroupListed = Schemas["GroupListed"];
export type GroupStatus = Schemas["GroupStatus"];
export type ShownEntry = Schemas["ShownEntry"];

export const group = () => read<GroupListed>("keys/list");
export const chain = (version: number) => read<{ lists: Signed[]; status: GroupStatus }>("keys/chain", { version });
export const say = (sign: string, open: string, signature: string) => act("keys/say", { sign, open, signature });
/** Lists that this screen knows and the hub does not. */
export const give = (lists: readonly Signed[]) => act<Schemas["ListsTaken"]>("keys/give", { lists });
export const print = () => act<Schemas["PaperCode"]>("keys/print");
export const recover = (code: string) => act("keys/recover", { code });

export const entries = () => read<{ entries: ShownEntry[] }>("clipboard/list");
export const put = (id: string, frame: string) => act<ShownEntry>("clipboard/put", { id, frame });
export const pin = (id: string, pinned: boolean) => act("clipboard/pin", { id, pinned });
export const remove = (id: string) => act("clipboard/remove", { id });
