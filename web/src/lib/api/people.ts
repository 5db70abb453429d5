/** People, their devices, and letting devices in. */

import { act, read } from "./call";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type Person = Schemas["Person"];
export type Role = Person["role"];
export type Device = Schemas["ShownDevice"];
export type Waiting = Schemas["Waiting"];
export type Invitation = Schemas["Shown"];

export const list = () => read<{ people: Person[] }>("people/list");
export const devices = () => read<{ devices: Device[] }>("people/devices");
export const add = (name: string, role: Role) => act<Person>("people/add", { name, role });
export const revoke = (device: string) => act("people/revoke", { device });
export const invite = (person: string) => act<Invitation>("people/pair_start", { person });
export const look = (code: string) => act<Waiting>("people/pair_look", { code });
export const confirm = (code: string, signs: string, person: string) => act("people/pair_confirm", { code, signs, person });
export const refuse = (code: string) => act("people/pair_refuse", { code });
