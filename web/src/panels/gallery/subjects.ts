/** The pages of the gallery, and which parts each shows (the names of their files). */

import type { Component } from "svelte";
import type { Key } from "../../lib/i18n/words";

export interface Subject {
  readonly name: string;
  readonly title: Key;
  readonly parts: readonly string[];
  readonly load: () => Promise<{ default: Component }>;
}

export const SUBJECTS: readonly Subject[] = [
  { name: "buttons", title: "gallery.buttons", parts: ["Button", "HoldButton", "Menu", "MenuItems", "Sheet"], load: () => import("./Buttons.svelte") },
  { name: "choosing", title: "gallery.choosing", parts: ["Toggle", "Choice", "Select", "Pick", "Tabs"], load: () => import("./Choosing.svelte") },
  { name: "numbers", title: "gallery.numbers", parts: ["Slider", "Stepper", "Progress", "TimeOfDay", "Age", "Clock", "Speed"], load: () => import("./Numbers.svelte") },
  { name: "writing", title: "gallery.writing", parts: ["Field"], load: () => import("./Writing.svelte") },
  { name: "telling", title: "gallery.telling", parts: ["Alert", "Toasts", "Badge", "Disc", "PlaceCard", "Floating", "Empty", "Spinner", "Skeleton"], load: () => import("./Telling.svelte") },
  { name: "showing", title: "gallery.showing", parts: ["Banner", "Waiting", "UpdateOffer", "Keyless", "Pager", "PowerGauge", "Qr", "Signs", "Icon"], load: () => import("./Showing.svelte") },
  { name: "lists", title: "gallery.lists", parts: ["Card", "Rows", "Row", "Avatar"], load: () => import("./Lists.svelte") },
  { name: "cars", title: "gallery.cars", parts: [], load: () => import("./Cars.svelte") },
  { name: "controls", title: "gallery.controls", parts: ["Upright", "Dial", "HueField", "Swatches", "HoldDisc", "Keypad", "CoverDrawing", "RobotDrawing", "Curve", "Facets"], load: () => import("./Controls.svelte") },
  { name: "things", title: "gallery.things", parts: ["TileCard", "CarTop", "CarBeams", "ChargeBar", "Gears"], load: () => import("./Things.svelte") },
];
