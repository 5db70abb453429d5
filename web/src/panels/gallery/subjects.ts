/** The pages of the gallery. */

import type { Component } from "svelte";
import type { Key } from "../../lib/i18n/words";

export interface Subject {
  readonly name: string;
  readonly title: Key;
  readonly load: () => Promise<{ default: Component }>;
}

export const SUBJECTS: readonly Subject[] = [
  { name: "buttons", title: "gallery.buttons", load: () => import("./Buttons.svelte") },
  { name: "choosing", title: "gallery.choosing", load: () => import("./Choosing.svelte") },
  { name: "numbers", title: "gallery.numbers", load: () => import("./Numbers.svelte") },
  { name: "writing", title: "gallery.writing", load: () => import("./Writing.svelte") },
  { name: "telling", title: "gallery.telling", load: () => import("./Telling.svelte") },
  { name: "lists", title: "gallery.lists", load: () => import("./Lists.svelte") },
  { name: "cars", title: "gallery.cars", load: () => import("./Cars.svelte") },
  { name: "controls", title: "gallery.controls", load: () => import("./Controls.svelte") },
  { name: "things", title: "gallery.things", load: () => import("./Things.svelte") },
];
