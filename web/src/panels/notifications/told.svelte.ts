/** What the apps on this person's phones say, as this screen can read it. */

import type { Component } from "svelte";
import * as api from "../../lib/api/notifications";
import { KIND, type Listed } from "../../lib/api/notifications";
import { named } from "../../lib/live/ulid";
import { bytesOf } from "../../lib/sealing/bytes";
import type { Group } from "../../lib/sealing/group.svelte";

export const NEWS = "@notification_news/";
/** So long, in s, one that just came has the car's place, after it was heard or the answers to it were asked for. */
export const STANDS = 30;
/** While it is read aloud, at most: a browser that keeps a page silent reads without end. */
export const HEARD = 180;
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
  /** A text message, which stands among the phone's messages, too. */
  readonly sms?: boolean;
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
  /** At the car's place: to which one the answers stand there, and which one is being read aloud. */
  asked = $state("");
  heard = $state("");
  /** What was answered here, by id, and the phone that has it. */
  answered = $state.raw<ReadonlyMap<string, { readonly text: string; readonly phone: string }>>(new Map());
  icons = $state.raw<ReadonlyMap<string, string>>(new Map());
  #known = new Map<string, Told>();
  #run = "";
  #revision = 0;
  /** The revision that is known here, or is just being opened. */
  #coming = 0;
  /** The answers of which it is not known whether a phone has them, by id: said once more they are the same. */
  #said = new Map<string, { readonly text: string; readonly key: string }>();
  /** The sealed answers by one tap that were opened last. */
  #answers: string | null | undefined;
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

  /** What the hub tells along with its news. Where it does not go on from what is known here, it is asked instead. */
  tell(told: Listed): void {
    if (this.#asking || this.#anew || told.run !== this.#run || told.since !== this.#revision) return;
    this.#coming = told.revision;
    this.#asking = this.#rounds(told).catch(() => void (this.#anew = true)).finally(() => (this.#asking = undefined));
  }

  /** Whether what the hub's news speak of is known here: its run and revision. */
  knows(news: unknown): boolean {
    const [run, revision] = Array.isArray(news) ? (news as [string, number]) : ["", 0];
    return run === this.#run && revision <= this.#coming;
  }

  async #rounds(told?: Listed): Promise<void> {
    do {
      this.#again = false;
      await (told ? this.#take(told, false) : this.#round());
      told = undefined;
    } while (this.#again);
  }

  async #round(): Promise<void> {
    const anew = this.#anew;
    this.#anew = false;
    const told = await api.list(anew ? "" : this.#run, anew ? 0 : this.#revision).catch((error: unknown) => {
      this.#anew ||= anew;
      throw error;
    });
    await this.#take(told, anew);
  }

  async #take(told: Listed, anew: boolean): Promise<void> {
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
        const opened = await this.group.open(KIND, id, frame, "fleeting");
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
    this.#coming = told.revision;
    await this.#open(told.quick);
    const all = told.ids.map((id) => this.#known.get(id)).filter((one) => one !== undefined);
    this.all = all;
    this.shut = ids.size - all.length;
    [this.cut, this.guests, this.speaks] = [told.cut, told.guests, told.speaks];
    // What it says by now, of what still stands.
    const kept = this.came.filter((one) => !came.some((other) => other.id === one.id)).map((one) => this.#known.get(one.id));
    this.came = [...kept.filter((one) => one !== undefined), ...came.sort((one, other) => one.at - other.at)];
    for (const { id } of came) this.#forgetAnswer(id);
  }

  /** The person's own answers by one tap. */
  async #open(frame: string | null): Promise<void> {
    if (frame === this.#answers) return;
    const opened = frame === null ? undefined : await this.group.open(KIND, `${this.person}:quick`, frame, "fleeting");
    if (opened && !("said" in opened)) return;
    this.quick = (opened?.said as { items?: readonly string[] } | undefined)?.items ?? [];
    this.#answers = frame;
  }

  async #icon({ id }: Told): Promise<void> {
    try {
      const opened = await this.group.open(KIND, id, (await api.icon(id)).frame, "fleeting");
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

  /** Answer one. Returns what the phone is called that has it. Throws ApiError. */
  async reply(id: string, text: string): Promise<string> {
    const before = this.#said.get(id);
    const key = before?.text === text ? before.key : named(this.person);
    this.#said = new Map([...this.#said, [id, { text, key }] as const].slice(-50));
    const phone = await api.reply(this.group, this.person, id, text, key);
    this.#said.delete(id);
    this.answered = new Map([...this.answered, [id, { text, phone }] as const].slice(-50));
    return phone;
  }

  /** Press a button of one. Throws ApiError. */
  async press(id: string, action: string): Promise<void> {
    await api.press(this.group, this.person, id, action);
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

/** The same in the order of before; what came since stands below it. */
export function steady(now: ReturnType<typeof grouped>, before: ReturnType<typeof grouped>): ReturnType<typeof grouped> {
  const order = <T>(of: readonly T[], known: readonly unknown[], key: (one: T) => unknown) => {
    const place = (one: T) => known.indexOf(key(one)) >>> 0; // -1 is the last
    return of.toSorted((one, other) => place(one) - place(other));
  };
  const apps = new Map(before);
  return order(now, [...apps.keys()], ([app]) => app).map(([app, of]) => [app, order(of, (apps.get(app) ?? []).map(({ id }) => id), ({ id }) => id)] as const);
}
