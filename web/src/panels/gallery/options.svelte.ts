/** How the gallery is to look: kept in its address, so that a picture of any of it can be asked for. */

import { SvelteURLSearchParams } from "svelte/reactivity";
import type { Language, Theme } from "../../lib/look/prefs.svelte";
import type { Face } from "../../lib/look/face.svelte";

export type Look = Exclude<Theme, "auto">;
export type Direction = "ltr" | "rtl";

const one = <T extends string>(value: string | null, of: readonly T[], usual: T): T => of.find((each) => each === value) ?? usual;

export class Options {
  readonly #query = new SvelteURLSearchParams();
  readonly usual: { look: Look; face: Face; language: Language };

  constructor(
    readonly win: Window,
    usual: { look: Look; face: Face; language: Language },
  ) {
    this.usual = usual;
    this.read();
  }

  read(): void {
    for (const key of [...this.#query.keys()]) this.#query.delete(key);
    for (const [key, value] of new URLSearchParams(this.win.location.hash.split("?")[1] ?? "")) this.#query.set(key, value);
  }

  get look(): Look {
    return one(this.#query.get("look"), ["day", "night"], this.usual.look);
  }

  get face(): Face {
    return one(this.#query.get("face"), ["car", "tablet", "phone", "watch"], this.usual.face);
  }

  get language(): Language {
    return one(this.#query.get("language"), ["en", "zh"], this.usual.language);
  }

  get direction(): Direction {
    return one(this.#query.get("direction"), ["ltr", "rtl"], "ltr");
  }

  /** Only what was asked for, without the switches round it. */
  get bare(): boolean {
    return this.#query.has("bare");
  }

  set(key: "look" | "face" | "language" | "direction", value: string): void {
    this.#query.set(key, value);
    this.win.history.replaceState(null, "", `${this.win.location.hash.split("?")[0]}?${this.#query}`);
  }

  /** An address in the gallery that keeps the look. */
  at(path: string): string {
    const query = this.#query.toString();
    return `#/gallery${path ? `/${path}` : ""}${query ? `?${query}` : ""}`;
  }
}
