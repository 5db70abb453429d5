/** Calls and messages of one's own phones. What is private in them is sealed, both ways. */

import { named } from "../live/ulid";
import type { Group } from "../sealing/group.svelte";
import { act, read as get } from "./call";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type Phone = Schemas["ShownPhone"];
export type Quick = Schemas["QuickReply"];

/** A conversation. Whoever drives gets no `text` and `numbers`. `attached`: media types. */
export interface Talk {
  phone: string;
  conversation: number;
  name: string;
  at: number;
  mine: boolean;
  read: boolean;
  several: boolean;
  text?: string;
  numbers?: string[];
  attached?: string[];
}

/** One message. `from`: who said it, where there are several. `picture`: PNG or JPEG in base64, or "". */
export interface Said {
  id: number | string;
  at: number;
  text: string;
  state: "came" | "sent" | "sending" | "failed" | "on_way" | "unsure";
  from: string;
  attached: { type: string; picture: string }[];
}

export interface Found {
  name: string;
  numbers: string[];
}

/** What a call says of itself. */
export interface Caller {
  name: string;
  number: string;
  picture: string;
}

export const KIND = "message";
/** Letters of one message. */
export const LETTERS = 1_600;

/** This screen can't open what the hub sealed (yet). */
export class Shut extends Error {}

/** What is in a frame that the hub sealed for this answer: nothing of it is remembered, also where the hub's clock was set back. Throws Shut. */
export async function opened<T>(group: Group, record: string, frame: string | null): Promise<T> {
  if (frame === null) throw new Shut();
  const found = await group.open(KIND, record, frame, "fleeting");
  if ("said" in found) return found.said as T;
  throw new Shut();
}

async function sealed(group: Group, person: string, said: object, id = named(person)): Promise<{ id: string; frame: string }> {
  return { id, frame: await group.seal(KIND, id, said) };
}

export const conversations = () => get<Schemas["ShownConversations"]>("messages/conversations");
export const read = (phone: string, conversation: number, before?: number) => get<Schemas["ShownMessages"]>("messages/read", { phone, conversation, before });
export const quick = (id: string, phone: string, conversation: number, reply: string, language: string) =>
  act("messages/quick", { id, phone, conversation, reply, language: language === "zh" ? "zh" : "en" });
export const mute = (call: string) => act("messages/mute", { call });
export const seen = (call: string) => act("messages/seen", { call });

export async function send(group: Group, person: string, to: { phone: string; conversation: number } | { phone: string; to: string[] }, text: string, id?: string): Promise<string> {
  const said = "to" in to ? { text, to: to.to } : { text };
  const conversation = "to" in to ? null : to.conversation;
  return (await act<Schemas["HandedOver"]>("messages/send", { phone: to.phone, conversation, ...(await sealed(group, person, said, id)) })).phone;
}

export async function people(group: Group, person: string, text: string): Promise<Found[]> {
  const { frame } = await act<Schemas["FoundPeople"]>("messages/people", await sealed(group, person, { text }));
  return (await opened<{ items: Found[] }>(group, `${person}:people`, frame)).items;
}

/** Show a number in the dialler of a phone of this person's. Returns what the phone is called. Throws ApiError. */
export async function callOnPhone(group: Group, person: string, number: string, phone?: string): Promise<string> {
  return (await act<Schemas["HandedOver"]>("messages/call", { ...(await sealed(group, person, { text: number })), ...(phone ? { phone } : {}) })).phone;
}

/** A thumbnail as an address; undefined: there is none. */
export function thumbnail(picture: string): string | undefined {
  const type = picture.startsWith("/9j/") ? "jpeg" : picture.startsWith("iVBOR") ? "png" : undefined;
  return type && `data:image/${type};base64,${picture}`;
}
