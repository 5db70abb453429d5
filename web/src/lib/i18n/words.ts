/** The words of one language. Every text on a screen comes from here. */

import type { en } from "./en";
import type { settingUp } from "./en/setting_up";

type First = keyof typeof en;
/** What is said only where somebody sets things up: it comes with that, see `Words.more`. */
type Later = keyof typeof settingUp;
export type Key = First | Later;
export type Messages = Readonly<Record<First, string>>;
export type LaterMessages = Readonly<Record<Later, string>>;

/** The messages of a language. The page has asked for its reader's before this is called, see `early.ts`. */
export async function load(language: string): Promise<Messages> {
  if (language === "zh") return (await import("./zh")).zh;
  return (await import("./en")).en;
}

export async function loadLater(language: string): Promise<LaterMessages> {
  if (language === "zh") return (await import("./zh/setting_up")).settingUp;
  return (await import("./en/setting_up")).settingUp;
}

export class Words {
  readonly messages: Readonly<Partial<Record<Key, string>>>;
  #later: Promise<void> | undefined;

  constructor(
    readonly language: string,
    messages: Messages,
  ) {
    this.messages = { ...messages };
  }

  /** Get the words of setting up, which the first load leaves out. A page of them waits for it. */
  more(): Promise<void> {
    this.#later ??= loadLater(this.language).then((more) => void Object.assign(this.messages, more));
    return this.#later;
  }

  /** The text of a key, with its `{places}` filled. */
  t(key: Key, fill: Record<string, string | number> = {}): string {
    return (this.messages[key] ?? key).replace(/\{(\w+)\}/g, (whole, name: string) => String(fill[name] ?? whole));
  }

  /** A state's word as devices say it (`heat_cool`); what no one translated is shown as it came, made readable. */
  word(state: string): string {
    const key = `word.${state}`;
    const known = this.messages[key as Key];
    if (known !== undefined) return known;
    return state.replaceAll("_", " ").replace(/^./, (letter) => letter.toUpperCase());
  }

  /** What happened, by the event's name (`SignedIn`); one that nobody translated is shown by its own words. */
  event(name: string): string {
    const key = `event.${name}`;
    const known = this.messages[key as Key];
    if (known !== undefined) return known;
    return name.replace(/([a-z])([A-Z])/g, (_, end: string, start: string) => `${end} ${start.toLowerCase()}`);
  }

  /** Who did it: a part of the hub by its name, people and devices as they are called. */
  actor(name: string): string {
    const key = `actor.${name.replace(/^(?:hub|feature):/, "")}`;
    return this.messages[key as Key] ?? name;
  }

  /** A pairing sign in words: who can't see the picture, or whose device lacks it, compares these. */
  sign(sign: string): string {
    const key = `sign.${sign}`;
    return this.messages[key as Key] ?? sign;
  }

  /** Whether there are words for a key that was put together. */
  knows(key: string): boolean {
    return key in this.messages;
  }

  /** What went wrong and what to do, in the person's language. The hub's own text stands where there is no better. */
  failure(code: string, detail: string | undefined, advice: string | undefined): { title: string; detail: string } {
    const key = `error.${code}`;
    const title = this.messages[key as Key] ?? this.t("error.internal");
    const hint = `advice.${code}`;
    const own = this.messages[hint as Key];
    const what = this.language === "en" ? advice : (own ?? advice);
    const sentence = detail ? detail.replace(/^./, (letter) => letter.toUpperCase()).replace(/[^.!?。]$/, "$&.") : "";
    return { title, detail: [sentence, what ?? own ?? ""].filter(Boolean).join(" ") };
  }
}
