/** Conversations of one's own phones, as this screen has asked for them. Nothing of it is kept. */

import * as api from "../../lib/api/messages";
import type { Phone, Quick, Said, Talk } from "../../lib/api/messages";
import { named } from "../../lib/live/ulid";
import type { Group } from "../../lib/sealing/group.svelte";

export interface Listed {
  readonly talks: readonly Talk[];
  readonly phones: readonly Phone[];
  readonly quick: readonly Quick[];
  /** Without texts: whoever looks drives. */
  readonly brief: boolean;
  /** This screen can't open them (yet). */
  readonly shut: boolean;
  /** Others look: there is nothing to see. */
  readonly hidden: boolean;
  /** How much of them their person wants to see. */
  readonly chosen: "all" | "sender" | "off";
}

export interface Page {
  readonly items: readonly Said[];
  readonly more: boolean;
  readonly answers: boolean;
}

export class Talks {
  listed = $state.raw<Listed | undefined>();
  #round = 0;

  constructor(
    readonly group: Group,
    readonly person: string,
  ) {}

  /** Ask for the conversations. Throws ApiError. */
  async load(): Promise<void> {
    const mine = ++this.#round;
    const { frame, phones, quick, brief, hidden, chosen } = await api.conversations();
    let talks: readonly Talk[] = [];
    let shut = false;
    try {
      talks = (await api.opened<{ items: Talk[] }>(this.group, `${this.person}:conversations`, frame)).items;
    } catch {
      shut = true;
    }
    if (mine === this.#round) this.listed = { talks, phones, quick, brief, shut, hidden, chosen };
  }

  find(phone: string, conversation: number): Talk | undefined {
    return this.listed?.talks.find((one) => one.phone === phone && one.conversation === conversation);
  }

  /** A part of a conversation, newest first. Throws ApiError, Shut. */
  async read(phone: string, conversation: number, before?: number): Promise<Page> {
    const { frame, more, answers } = await api.read(phone, conversation, before);
    const { items } = await api.opened<{ items: Said[] }>(this.group, `${this.person}:conversation`, frame);
    return { items, more, answers };
  }

  /** Answer by one tap. Throws ApiError. */
  async quickly(talk: Talk, reply: string, language: string): Promise<void> {
    await api.quick(named(this.person), talk.phone, talk.conversation, reply, language);
  }
}

/** What is being written and not sent, by its person and conversation. Whatever takes the line away meanwhile, as a car that drives
 *  off or a hub that is started anew, does not take the text. */
export const drafts = new Map<string, string>();

/** Older messages put to those that are known: each once, the newest first. */
export function joined(known: readonly Said[], older: readonly Said[]): readonly Said[] {
  const ids = new Set(known.map((one) => `${one.id} ${one.at}`));
  return [...known, ...older.filter((one) => !ids.has(`${one.id} ${one.at}`))];
}
