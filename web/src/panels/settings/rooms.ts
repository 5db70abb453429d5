/** The rooms of the settings: what each is for and who finds it there. Each comes when somebody opens it. */

import type { Component } from "svelte";
import type { Role } from "../../lib/api/people";
import type { Key } from "../../lib/i18n/words";
import type { IconName } from "../../lib/icons/shapes";

/** What stands after the room's name in the address: `AB12-CD34` of `settings/devices/AB12-CD34`. */
export interface RoomProps {
  rest: string;
}

export interface Room {
  readonly at: string;
  /** Where it is, if it is a panel of its own. */
  readonly path?: string;
  readonly icon: IconName;
  readonly key: Key;
  readonly what: Key;
  readonly group: "home" | "hub" | "you";
  readonly whose: readonly Role[];
  readonly load?: () => Promise<{ default: Component<RoomProps> }>;
}

const ALL: readonly Role[] = ["owner", "member", "child", "guest"];
const GROWN: readonly Role[] = ["owner", "member"];
const OWNER: readonly Role[] = ["owner"];

export const GROUPS = [
  ["home", "settings.group.home"],
  ["hub", "settings.group.hub"],
  ["you", "settings.group.you"],
] as const;

export const ROOMS: readonly Room[] = [
  { at: "household", icon: "home", key: "settings.household", what: "settings.household.what", group: "home", whose: GROWN, load: () => import("./household/Household.svelte") },
  { at: "people", icon: "people", key: "settings.people", what: "settings.people.what", group: "home", whose: GROWN, load: () => import("./people/People.svelte") },
  { at: "devices", icon: "devices", key: "settings.devices", what: "settings.devices.what", group: "home", whose: ALL, load: () => import("./devices/Devices.svelte") },
  { at: "links", icon: "link", key: "settings.links", what: "settings.links.what", group: "home", whose: GROWN, load: () => import("./links/Links.svelte") },
  { at: "maps", icon: "map", key: "settings.maps", what: "settings.maps.what", group: "home", whose: OWNER, load: () => import("./maps/Maps.svelte") },
  { at: "recordings", path: "recordings", icon: "camera", key: "recordings.title", what: "recordings.what", group: "home", whose: ALL },
  { at: "activity", path: "activity", icon: "activity", key: "nav.activity", what: "activity.what", group: "home", whose: ALL },
  { at: "sites", icon: "route", key: "settings.sites", what: "settings.sites.what", group: "hub", whose: OWNER, load: () => import("./sites/Sites.svelte") },
  { at: "certificate", icon: "certificate", key: "settings.certificate", what: "settings.certificate.what", group: "hub", whose: ALL, load: () => import("./certificate/Certificate.svelte") },
  { at: "backup", icon: "backup", key: "settings.backup", what: "settings.backup.what", group: "hub", whose: OWNER, load: () => import("./copies/Backup.svelte") },
  { at: "about", icon: "info", key: "settings.about", what: "settings.about.what", group: "hub", whose: GROWN, load: () => import("./about/About.svelte") },
  { at: "clipboard", path: "clipboard", icon: "copy", key: "clipboard.title", what: "clipboard.what", group: "you", whose: GROWN },
  { at: "files", path: "files", icon: "file", key: "files.title", what: "files.what", group: "you", whose: GROWN },
  { at: "media", path: "media", icon: "music", key: "media.title", what: "media.what", group: "you", whose: ALL },
  { at: "look", icon: "sun", key: "settings.look", what: "settings.look.what", group: "you", whose: ALL, load: () => import("./Look.svelte") },
  { at: "notices", icon: "bell", key: "settings.notices", what: "settings.notices.what", group: "you", whose: ALL, load: () => import("./NoticesRoom.svelte") },
  { at: "notifications", icon: "phone", key: "settings.notifications", what: "settings.notifications.what", group: "you", whose: GROWN, load: () => import("./NotificationsRoom.svelte") },
  { at: "me", icon: "key", key: "settings.me", what: "settings.me.what", group: "you", whose: ALL, load: () => import("./me/Me.svelte") },
];
