/** What the apps on this person's phones say, as this screen can read it. */

import type { Component } from "svelte";
import * as api from "../../lib/api/notifications";
import { bytesOf } from "../../lib/sealing/bytes";
import type { Group } from "../../lib/sealing/group.svelte";

export const KIND = "notification";
export const NEWS = "@notification_news/";
/** So long, in s, one that just came has the car's place. */
export const STANDS = 30;
const JUST_NOW = 10;
const KINDS = ["image/png", "image/jpeg", "image/webp"];

/** What is in a frame. `level`: how much of it may be read here now. */
export interface Words {
  readonly app: string;
  readonly text: string;
  readonly title?: string;
  readonly sender?: string;
  readonly level?: "all" | "sender" | "app";
  readonly clears?: boolean;
  readonly replies?: boolean;
  readonly actions?: readonly string[];
  readonly picture?: boolean;
}
export interface Told extends Words {
  readonly id: string;
  /** s since 1970. */
  readonly at: number;
  readonly announced: boolean;
  readonly news: boolean;
}

export class Notifications {
  /** The newest first; undefined until this screen has asked. */
  all = $state.raw<readonly Told[] | undefined>();
  /** There are more than the driving state leaves here. */
  cut = $state(false);
  /** A guest is aboard. */
  guests = $state(false);
  /** The hub can read aloud. */
  speaks = $state(false);
  quick = $state.raw<readonly string[]>([]);
  /** Some can't be opened here. */
  shut = $state(0);
  /** What just came and is to be told, the newest last. */
  came = $state.raw<readonly Told[]>([]);
  /** What was answered here, by id. */
  answered = $state.raw<ReadonlyMap<string, string>>(new Map());
  icons = $state.raw<ReadonlyMap<string, string>>(new Map());
  #known = new Map<string, Told>();
  #run = "";
  #revision = 0;
  #asking: Promise<void> | undefined;
  #again = false;
  #anew = false;
  /** Those that stand and can't be opened here. */
  #shut = new Set<string>();

  constructor(
    readonly group: Group,
    readonly person: string,
    /** The hub's time, s since 1970. */
    readonly serverNow: () => number,
    /** What shows one on the car's home. */
    readonly place: Component,
  ) {}

  /** Ask for what has changed; `anew`: for all, as it may be shown otherwise now. One at a time. Throws ApiError. */
  load(anew = false): Promise<void> {
    this.#anew ||= anew;
    if (this.#asking) this.#again = true;
    else this.#asking = this.#rounds().finally(() => (this.#asking = undefined));
    return this.#asking!;
  }

  async #rounds(): Promise<void> {
    do {
      this.#again = false;
      await this.#round();
    } while (this.#again);
  }

  async #round(): Promise<void> {
    const anew = this.#anew;
    this.#anew = false;
    const told = await api.list(anew ? "" : this.#run, anew ? 0 : this.#revision).catch((error: unknown) => {
      this.#anew ||= anew;
      throw error;
    });
    // What was there when the page came is no news, nor what a hub tells anew after its start; but for what has just come.
    const first = this.#run !== told.run;
    const before = new Set(this.#known.keys());
    if (first || anew) {
      this.#known.clear();
      this.#shut.clear();
    }
    const came: Told[] = [];
    await Promise.all(
      told.changed.map(async ({ id, frame, at, announced, news }) => {
        const opened = await this.group.open(KIND, id, frame, true);
        if (!("text" in opened)) {
          this.#shut.add(id);
          return void this.#known.delete(id);
        }
        this.#shut.delete(id);
        const one: Told = { id, at, announced, news, ...(opened.said as Words) };
        this.#known.set(id, one);
        if (announced && news && (first || anew ? !before.has(id) && this.serverNow() - at < JUST_NOW : true)) came.push(one);
        if (one.picture) void this.#icon(one);
      }),
    );
    const ids = new Set(told.ids);
    for (const id of this.#known.keys()) if (!ids.has(id)) this.#known.delete(id);
    for (const id of this.#shut) if (!ids.has(id)) this.#shut.delete(id);
    // One that was cut off before has come into its place, and has not changed: all is asked for once.
    if (told.ids.some((id) => !this.#known.has(id) && !this.#shut.has(id)) && !first && !anew) this.#anew = this.#again = true;
    [this.#run, this.#revision] = [told.run, told.revision];
    const all = told.ids.map((id) => this.#known.get(id)).filter((one) => one !== undefined);
    this.all = all;
    this.shut = ids.size - all.length;
    [this.cut, this.guests, this.speaks, this.quick] = [told.cut, told.guests, told.speaks, told.quick];
    // What it says by now, of what still stands.
    const kept = this.came.filter((one) => !came.some((other) => other.id === one.id)).map((one) => this.#known.get(one.id));
    this.came = [...kept.filter((one) => one !== undefined), ...came.sort((one, other) => one.at - other.at)];
    for (const { id } of came) this.#forgetAnswer(id);
  }

  async #icon({ id }: Told): Promise<void> {
    try {
      const opened = await this.group.open(KIND, id, (await api.icon(id)).frame, true);
      const { data } = "said" in opened ? (opened.said as { data?: string }) : {};
      if (!("text" in opened) || !KINDS.includes(opened.text) || !data || !bytesOf(data.replace(/=+$/, "").replaceAll("+", "-").replaceAll("/", "_"))) return;
      this.icons = new Map([...this.icons, [id, `data:${opened.text};base64,${data}`] as const].slice(-200));
    } catch {
      // The app's first letter stands in its place.
    }
  }

  /** It was told, or waits no longer. */
  tellNoMore(id: string): void {
    if (this.came.some((one) => one.id === id)) this.came = this.came.filter((one) => one.id !== id);
  }

  /** Put some away: gone here at once. Throws ApiError. */
  async dismiss(ids: readonly string[]): Promise<void> {
    const before = this.all;
    this.all = this.all?.filter((one) => !ids.includes(one.id));
    this.came = this.came.filter((one) => !ids.includes(one.id));
    try {
      await api.dismiss(ids);
    } catch (error) {
      this.all = before;
      throw error;
    }
  }

  /** Throws ApiError. */
  async reply(id: string, text: string): Promise<void> {
    await api.reply(id, text);
    this.answered = new Map([...this.answered, [id, text] as const].slice(-50));
  }

  #forgetAnswer(id: string): void {
    if (this.answered.has(id)) this.answered = new Map([...this.answered].filter(([one]) => one !== id));
  }
}

/** By app, that with the newest first. */
export function grouped(all: readonly Told[]): readonly (readonly [app: string, of: readonly Told[]])[] {
  const found = new Map<string, Told[]>();
  for (const one of all) found.set(one.app, [...(found.get(one.app) ?? []), one]);
  return [...found];
}

let sound: AudioContext | undefined;
let now: AudioBufferSourceNode | undefined;
/** Which one is read, or will be as soon as it is there. */
let reading: symbol | undefined;

/** Let a notification be heard on this screen; what was being read stops. `mark`: by which it is hushed. Resolves when it
 *  was read, or is no longer to be. Throws ApiError. */
export async function readAloud(id: string, mark: symbol): Promise<void> {
  reading = mark;
  // Made within the tap, or the browser keeps it silent.
  sound ??= new AudioContext();
  void sound.resume();
  now?.stop();
  const buffer = await sound.decodeAudioData(await api.aloud(id));
  if (reading !== mark) return;
  const source = (now = sound.createBufferSource());
  source.buffer = buffer;
  source.connect(sound.destination);
  await new Promise<void>((done) => {
    source.onended = () => done();
    source.start();
  });
  if (now === source) now = reading = undefined;
}

/** Stop reading this one. */
export function hush(mark: symbol): void {
  if (reading !== mark) return;
  reading = undefined;
  now?.stop();
}
