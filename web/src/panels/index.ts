/** Every panel of the cockpit, in the order of its bar. A panel of a feature that is not there is not in this list. */

import type { Panel } from "../lib/panel";
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
    adults: true,
    shows: { parked: "all", idling: "brief", moving: "brief" },
    load: () => import("./drives/Drives.svelte"),
  },
  {
    name: "notices",
    title: "notices.title",
    icon: "bell",
    bar: ["tablet", "phone"],
    shows: { parked: "all", idling: "brief", moving: "brief" },
    load: () => import("./notices/Notices.svelte"),
  },
  {
    name: "activity",
    title: "nav.activity",
    icon: "activity",
    bar: ["tablet"],
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
    shows: { parked: "all", idling: "all", moving: "all" },
    load: () => import("./demo/Demo.svelte"),
  },
];
