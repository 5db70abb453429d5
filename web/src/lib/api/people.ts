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
/** `sure`: also the last owner's screen of the household. */
export const revoke = (device: string, sure: boolean) => act("people/revoke", { device, sure });
/** On which terms a device is let in: whose it is, the most it may do, where it sits, until when. */
export type Terms = Partial<Schemas["For"]>;
export const invite = (terms: Terms) => act<Invitation>("people/pair_start", terms);
export const look = (code: string) => act<Waiting>("people/pair_look", { code });
export const confirm = (code: string, signs: string, terms: Terms) => act("people/pair_confirm", { ...terms, code, signs });
export const refuse = (code: string) => act("people/pair_refuse", { code });
export const remove = (person: string, sure: boolean) => act("people/remove", { person, sure });
export const grants = () => read<{ grants: Grant[] }>("people/grants");
export const grant = (sentence: string, to: string) => act<Grant>("people/grant", { sentence, to });
export const ungrant = (id: string) => act("people/ungrant", { grant: id });
export const setPassword = (password: string) => act("people/password", { password });
export const removePasskey = (passkey: string) => act("people/passkey_remove", { passkey });
export const change = (person: string, changes: Omit<Schemas["Changes"], "person" | "sure">, sure = false) => act<Person>("people/change", { person, ...changes, sure });
export const changeDevice = (device: string, changes: Omit<Schemas["DeviceChanges"], "device">) => act("people/device_change", { device, ...changes });
/** `person` null: whoever its driver's screen is signed in for. */
export const drives = (car: string, person: string | null) => act("people/drives", { car, person });
export const passenger = () => act("people/passenger");
