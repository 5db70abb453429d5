/** Panels: a feature's part of a face. Each says where it has a place and what it shows in each driving state. */

import type { Component } from "svelte";
import type { Key } from "./i18n/words";
import type { IconName } from "./icons/shapes";
import type { Face } from "./look/face.svelte";
import type { DrivingState } from "./things/car";

/** What whoever drives gets of a panel: all of it, a few lines to glance at, or nothing until the car is parked. */
export type Shows = "all" | "brief" | "nothing";

export interface PanelProps {
  /** What stands after the panel's name in the address: `links` of `settings/links`. */
  rest: string;
  /** Show what takes one glance and no typing: lists cut to `way.limits.items`, texts to `way.limits.text`. */
  brief: boolean;
}

export interface Panel {
  /** The first word of its address (`#/drives`). */
  readonly name: string;
  readonly title: Key;
  readonly icon: IconName;
  /** The faces whose bar it stands in; it can be opened by its address on all of them. */
  readonly bar: readonly Face[];
  /** The place of the bar that it belongs to, where it has none of its own. */
  readonly under?: string;
  /** Not for children and guests: it stands in no bar of theirs. */
  readonly adults?: boolean;
  /** Only where this stands for whoever is signed in: a path; one that ends in `/` has their id behind it. */
  readonly needs?: string;
  /** It fills its room to the edges and scrolls by itself. */
  readonly fills?: boolean;
  /** It takes the whole glass: no bar, no car beside it. */
  readonly whole?: boolean;
  /** What it shows of itself to whoever drives. Everybody else gets all of it. */
  readonly shows: Readonly<Record<DrivingState, Shows>>;
  /** The panel itself: what opens first comes with the first load, the others when they are wanted. */
  readonly part?: Component<PanelProps>;
  readonly load?: () => Promise<{ default: Component<PanelProps> }>;
}

/** The place of the bar in which somebody is who looks at a panel. */
export function placeOf(head: string, panels: readonly Panel[], face: Face): string {
  const panel = panels.find((one) => one.name === head);
  return panel === undefined || panel.bar.includes(face) ? head : (panel.under ?? head);
}
