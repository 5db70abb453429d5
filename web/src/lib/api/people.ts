/** People, their devices, and letting devices in. */

import { act, read } from "./call";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type Person = Schemas["Person"];
export type Role = Person["role"];
export type Device = Schemas["ShownDevice"];
export type Waiting = Schemas["Waiting"];
export type Invitation = Schemas["Shown"];
export type Grant = Schemas["ShownGrant"];
export type Passkey = Schemas["ShownPasskey"];

export const list = () => read<{ people: Person[] }>("people/list");
export const devices = () => read<{ devices: Device[] }>("people/devices");
export const add = (name: string, role: Role) => act<Person>("people/add", { name, role });
export const revoke = (device: string) => act("people/revoke", { device });
export const invite = (person: string) => act<Invitation>("people/pair_start", { person });
export const look = (code: string) => act<Waiting>("people/pair_look", { code });
export const confirm = (code: string, signs: string, person: string) => act("people/pair_confirm", { code, signs, person });
export const refuse = (code: string) => act("people/pair_refuse", { code });
export const remove = (person: string) => act("people/remove", { person });
export const grants = () => read<{ grants: Grant[] }>("people/grants");
export const grant = (sentence: string, to: string) => act<Grant>("people/grant", { sentence, to });
export const ungrant = (id: string) => act("people/ungrant", { grant: id });
export const setPassword = (password: string) => act("people/password", { password });
export const removePasskey = (passkey: string) => act("people/passkey_remove", { passkey });
export const passenger = () => act("people/passenger");
