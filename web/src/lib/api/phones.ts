/** Phones that are paired with a link, or could be. */

import { act, read } from "./call";
import type { Status } from "./links";
import type { components } from "./schema";

export type Near = components["schemas"]["Near"];
type All = { devices: Near[] };

export const addPhones = (name: string) => act<Status>("links/add", { link: "kdeconnect", name, config: {}, secrets: {} });
export const near = async (id: string) => (await read<All>("links/near", { id })).devices;
/** Tell devices that the hub is here: whoever is near, or the one at an address. */
export const call = async (id: string, address?: string) => (await act<All>("links/call", { id, address: address ?? null })).devices;
export const pair = async (id: string, device: string, owner: string | null) => (await act<All>("links/pair", { id, device, owner })).devices;
/** `key`: the one that was seen on both: another device may have taken its place. */
export const confirm = async (id: string, device: string, owner: string | null, key: string | null) => (await act<All>("links/confirm", { id, device, owner, key })).devices;
export const part = async (id: string, device: string) => (await act<All>("links/part", { id, device })).devices;
