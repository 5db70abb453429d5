/** The words of one language. Every text on a screen comes from here. */

import { en } from "./en";

export type Key = keyof typeof en;
export type Messages = Readonly<Record<Key, string>>;

/** The messages of a language; English is in the first load, others come when wanted. */
export async function load(language: string): Promise<Messages> {
  if (language === "zh") return (await import("./zh")).zh;
  return en;
}

export class Words {
  constructor(
    readonly language: string,
    readonly messages: Messages,
  ) {}

  /** The text of a key, with its `{places}` filled. */
  t(key: Key, fill: Record<string, string | number> = {}): string {
    return this.messages[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(fill[name] ?? whole));
  }

  /** A state's word as devices say it (`heat_cool`); what no one translated is shown as it came, made readable. */
  word(state: string): string {
    const key = `word.${state}`;
    if (key in this.messages) return this.messages[key as Key];
    return state.replaceAll("_", " ").replace(/^./, (letter) => letter.toUpperCase());
  }

  /** What happened, by the event's name (`SignedIn`); one that nobody translated is shown by its own words. */
  event(name: string): string {
    const key = `event.${name}`;
    if (key in this.messages) return this.messages[key as Key];
    return name.replace(/([a-z])([A-Z])/g, (_, end: string, start: string) => `${end} ${start.toLowerCase()}`);
  }

  /** A pairing sign in words: who can't see the picture, or whose device lacks it, compares these. */
  sign(sign: string): string {
    const key = `sign.${sign}`;
    return key in this.messages ? this.messages[key as Key] : sign;
  }

  /** What went wrong and what to do, in the person's language. The hub's own text stands where there is no better. */
  failure(code: string, detail: string | undefined, advice: string | undefined): { title: string; detail: string } {
    const key = `error.${code}`;
    const title = key in this.messages ? this.messages[key as Key] : this.t("error.internal");
    const hint = `advice.${code}`;
    const what = this.language === "en" ? advice : hint in this.messages ? this.messages[hint as Key] : advice;
    const sentence = detail ? detail.replace(/^./, (letter) => letter.toUpperCase()).replace(/[^.!?。]$/, "$&.") : "";
    return { title, detail: [sentence, what ?? (hint in this.messages ? this.messages[hint as Key] : "")].filter(Boolean).join(" ") };
  }
}
