/** The pictures of scenes. They are not seen at first. */

import type { IconName } from "../icons/shapes";

export const ICONS: Record<string, IconName> = {
  scene: "scene", home: "home", leave: "out", night: "dark", morning: "sun", film: "tv", meal: "meal", read: "read", work: "work", party: "music", guest: "guest", car: "car",
};

export function iconOf(name: string): IconName {
  return ICONS[name] ?? "scene";
}
