/** Every panel of the cockpit, in the order of its bar. A panel of a feature that is not there is not in this list. */

import type { Panel } from "../lib/panel";
import type { Way } from "../lib/way.svelte";
import Home from "./home/Home.svelte";

export const PANELS: readonly Panel[] = [
  {
    name: "",
    title: "nav.home",
    icon: "home",
    bar: ["car", "tablet", "phone"],
    shows: { parked: "all", idling: "brief", moving: "brief" },
    part: Home,
  },
  {
    name: "car",
    title: "nav.car",
    icon: "car",
    bar: ["car", "tablet", "phone"],
    shows: { parked: "all", idling: "brief", moving: "brief" },
    load: () => import("./car/Car.svelte"),
  },
  {
    name: "drives",
    title: "drives.title",
    icon: "route",
    bar: ["tablet", "phone"],
    under: "car",
    adults: true,
    shows: { parked: "all", idling: "brief", moving: "brief" },
    load: () => import("./drives/Drives.svelte"),
  },
  {
    name: "scenes",
    title: "scenes.title",
    icon: "scene",
    bar: [],
    under: "",
    shows: { parked: "all", idling: "brief", moving: "brief" },
    load: () => import("./scenes/Scenes.svelte"),
  },
  {
    name: "recordings",
    title: "recordings.title",
    icon: "camera",
    bar: [],
    under: "",
    shows: { parked: "all", idling: "nothing", moving: "nothing" },
    load: () => import("./recordings/Recordings.svelte"),
  },
  {
    name: "notices",
    title: "notices.title",
    icon: "bell",
    bar: ["tablet", "phone"],
    under: "",
    shows: { parked: "all", idling: "brief", moving: "brief" },
    load: () => import("./notices/Notices.svelte"),
  },
  {
    name: "messages",
    title: "messages.title",
    icon: "message",
    bar: ["car", "tablet", "phone"],
    adults: true,
    needs: "@message_news/",
    shows: { parked: "all", idling: "brief", moving: "brief" },
    load: () => import("./messages/Messages.svelte"),
  },
  {
    name: "clipboard",
    title: "clipboard.title",
    icon: "copy",
    bar: [],
    under: "settings",
    adults: true,
    shows: { parked: "all", idling: "nothing", moving: "nothing" },
    load: () => import("./clipboard/Clipboard.svelte"),
  },
  {
    name: "files",
    title: "files.title",
    icon: "file",
    bar: [],
    under: "settings",
    adults: true,
    shows: { parked: "all", idling: "nothing", moving: "nothing" },
    load: () => import("./files/Files.svelte"),
  },
  {
    name: "activity",
    title: "nav.activity",
    icon: "activity",
    bar: ["tablet"],
    under: "settings",
    shows: { parked: "all", idling: "nothing", moving: "nothing" },
    load: () => import("./settings/Activity.svelte"),
  },
  {
    name: "settings",
    title: "nav.settings",
    icon: "settings",
    bar: ["car", "tablet", "phone"],
    shows: { parked: "all", idling: "nothing", moving: "nothing" },
    load: () => import("./settings/Settings.svelte"),
  },
  {
    name: "welcome",
    title: "welcome.title",
    icon: "flag",
    bar: [],
    shows: { parked: "all", idling: "nothing", moving: "nothing" },
    load: () => import("./welcome/Welcome.svelte"),
  },
  {
    name: "links",
    title: "nav.settings",
    icon: "link",
    bar: [],
    under: "settings",
    shows: { parked: "all", idling: "nothing", moving: "nothing" },
    load: () => import("./settings/links/LinkReturn.svelte"),
  },
  {
    name: "gallery",
    title: "gallery.title",
    icon: "gallery",
    bar: [],
    whole: true,
    shows: { parked: "all", idling: "nothing", moving: "nothing" },
    load: () => import("./gallery/Gallery.svelte"),
  },
  {
    name: "demo",
    title: "demo.title",
    icon: "tune",
    bar: [],
    under: "settings",
    shows: { parked: "all", idling: "all", moving: "all" },
    load: () => import("./demo/Demo.svelte"),
  },
];

/** The panels of a face's bar, for whoever is signed in. */
export function inBar(way: Way): readonly Panel[] {
  const stands = (needs: string) => way.live.store.value(`${needs}${way.me.person}`) !== undefined;
  return PANELS.filter((one) => one.bar.includes(way.face) && (way.adult || !one.adults) && (!one.needs || stands(one.needs)));
}
