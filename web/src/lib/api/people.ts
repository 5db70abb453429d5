/** People, their devices, and letting devices in. */

import { act, read } from "./call";

export type Role = "owner" | "member" | "child" | "guest";

export interface Person {
  id: string;
  name: string;
  role: Role;
  color?: string | null;
}

export interface Device {
  id: string;
  person: string;
  name: string;
  kind: string;
  last_seen: number;
  seat: string;
  this: boolean;
}

export interface Waiting {
  name: string;
  kind: string;
  signs: string;
  address: string;
}

export interface Invitation {
  code: string;
  link: string;
  qr: string;
  expires: number;
}

export const list = () => read<{ people: Person[] }>("people/list");
export const devices = () => read<{ devices: Device[] }>("people/devices");
export const add = (name: string, role: Role) => act<Person>("people/add", { name, role });
export const revoke = (device: string) => act("people/revoke", { device });
export const invite = (person: string) => act<Invitation>("people/pair_start", { person });
export const look = (code: string) => act<Waiting>("people/pair_look", { code });
export const confirm = (code: string, signs: string, person: string) => act("people/pair_confirm", { code, signs, person });
export const refuse = (code: string) => act("people/pair_refuse", { code });
