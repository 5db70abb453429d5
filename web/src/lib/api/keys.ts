/** The group of devices that open what is private, and what they hand to each other. */

import type { Signed } from "../sealing/device_list";
import { act, read } from "./call";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type GroupListed = Schemas["GroupListed"];
export type GroupStatus = Schemas["GroupStatus"];

export const group = () => read<GroupListed>("keys/list");
export const chain = (version: number) => read<{ lists: Signed[]; status: GroupStatus }>("keys/chain", { version });
export type WaitingMember = Schemas["WaitingMember"];

/** `proof`: for the screen whose link this one came in by. */
export const say = (sign: string, open: string, signature: string, proof: string) => act("keys/say", { sign, open, signature, proof });
/** Who waits for an owner's screen to let them in, and the hash of the version that a signature names. */
export const waiting = () => read<Schemas["GroupWaiting"]>("keys/waiting");
export const vouch = (said: Schemas["Vouched"]) => act("keys/vouch", said);
export const refuse = (member: string, sign: string) => act("keys/refuse", { member, sign });
/** Lists that this screen knows and the hub does not. */
export const give = (lists: readonly Signed[]) => act<Schemas["ListsTaken"]>("keys/give", { lists });
export const print = () => act<Schemas["PaperCode"]>("keys/print");
/** The public keys of a code on paper that this screen has made. */
export const paper = (said: Schemas["PaperMade"]) => act("keys/paper", said);
