// Picks the shapes that the screens use out of Material Symbols Rounded (Apache-2.0): into src/lib/icons/shapes.ts what
// may be seen at first, into more.ts what is seen later and is loaded then. Run `npm run icons` after adding a name
// here (left our name, right the symbol's), or after one is seen elsewhere than before: it only moves between the two.
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const { icons } = createRequire(import.meta.url)("@iconify-json/material-symbols/icons.json");

const names = {
  activity: "history-rounded",
  add: "add-rounded",
  air: "air-rounded",
  alert: "warning-rounded",
  away: "cloud-off-outline-rounded",
  arrow: "arrow-upward-rounded",
  back: "arrow-back-rounded",
  backup: "backup-outline-rounded",
  battery: "battery-horiz-075-rounded",
  bell: "notifications-outline-rounded",
  bellOff: "notifications-off-outline-rounded",
  bellRing: "notifications-active-outline-rounded",
  bolt: "bolt-rounded",
  bonnet: "car-gear-outline-rounded",
  brightness: "brightness-6-outline-rounded",
  button: "radio-button-checked",
  calendar: "calendar-month-outline-rounded",
  call: "call-outline",
  callMissed: "phone-missed-outline-rounded",
  camera: "videocam-outline-rounded",
  car: "directions-car-rounded",
  certificate: "verified-user-outline-rounded",
  chart: "monitoring-rounded",
  check: "check-rounded",
  clock: "schedule-outline-rounded",
  close: "close-rounded",
  cloud: "cloud-outline",
  cool: "ac-unit-rounded",
  copy: "content-copy-outline-rounded",
  cover: "roller-shades-outline-rounded",
  coverClosed: "roller-shades-closed-outline-rounded",
  cruise: "speed-rounded",
  curtain: "curtains-outline-rounded",
  dark: "dark-mode-outline-rounded",
  dashboard: "dashboard-outline-rounded",
  defrostFront: "windshield-defrost-front-rounded",
  defrostRear: "windshield-defrost-rear-rounded",
  delete: "delete-outline-rounded",
  devices: "devices-outline-rounded",
  door: "door-front-outline-rounded",
  doorbell: "doorbell-outline-rounded",
  doorOpen: "door-open-outline-rounded",
  down: "keyboard-arrow-down-rounded",
  download: "download-rounded",
  drag: "drag-indicator",
  drop: "water-drop-outline-rounded",
  edit: "edit-outline-rounded",
  eject: "eject-rounded",
  error: "error-outline-rounded",
  ev: "ev-station-outline-rounded",
  expand: "open-in-full-rounded",
  fan: "mode-fan-outline",
  file: "draft-outline-rounded",
  filter: "filter-list-rounded",
  flag: "flag-outline-rounded",
  fuel: "local-gas-station-outline-rounded",
  fullscreen: "fullscreen-rounded",
  flash: "highlight-outline-rounded",
  gallery: "widgets-outline-rounded",
  garage: "garage-home-outline-rounded",
  gate: "gate-outline-rounded",
  globe: "language",
  grid: "grid-view-outline-rounded",
  grip: "drag-handle-rounded",
  group: "group-outline-rounded",
  guest: "person-add-outline-rounded",
  hand: "touch-app-outline-rounded",
  hazard: "emergency-home-outline-rounded",
  heat: "mode-heat-rounded",
  help: "help-outline-rounded",
  home: "home-rounded",
  home_pin: "home-pin-outline-rounded",
  horn: "campaign-outline-rounded",
  humidity: "humidity-percentage-outline-rounded",
  info: "info-outline-rounded",
  key: "key-rounded",
  language: "language",
  left: "chevron-left-rounded",
  light: "lightbulb-outline-rounded",
  lightOn: "lightbulb-rounded",
  link: "link-rounded",
  location: "location-on-outline-rounded",
  lock: "lock-outline",
  map: "map-outline-rounded",
  meal: "restaurant-rounded",
  message: "chat-outline-rounded",
  media: "speaker-outline",
  mic: "mic-outline-rounded",
  minus: "remove-rounded",
  more: "more-horiz",
  motion: "sensors-rounded",
  mower: "grass-rounded",
  music: "music-note-rounded",
  muted: "volume-off-rounded",
  navigation: "navigation-outline-rounded",
  next: "skip-next-rounded",
  offline: "wifi-off-rounded",
  oscillate: "rotate-90-degrees-cw-outline-rounded",
  out: "logout-rounded",
  palette: "palette-outline",
  parking: "local-parking-rounded",
  passkey: "passkey-rounded",
  pause: "pause-rounded",
  people: "group-outline-rounded",
  person: "person-outline-rounded",
  phone: "smartphone-outline",
  photo: "photo-camera-outline-rounded",
  pin: "keep-outline-rounded",
  play: "play-arrow-rounded",
  plug: "power-plug-outline-rounded",
  power: "power-settings-new-rounded",
  previous: "skip-previous-rounded",
  qr: "qr-code-2-rounded",
  read: "menu-book-outline-rounded",
  recirculate: "airwave-rounded",
  regen: "energy-savings-leaf-outline-rounded",
  remove: "do-not-disturb-on-outline-rounded",
  restore: "settings-backup-restore-rounded",
  right: "chevron-right-rounded",
  room: "meeting-room-outline-rounded",
  route: "route-outline",
  save: "save-outline-rounded",
  scene: "palette-outline",
  schedule: "event-upcoming-outline-rounded",
  script: "play-circle-outline-rounded",
  search: "search-rounded",
  seat: "airline-seat-recline-normal-rounded",
  seatHeat: "seat-heat-left-rounded",
  seatHeatRight: "seat-heat-right-rounded",
  select: "list-rounded",
  reply: "reply-rounded",
  chat: "chat-outline-rounded",
  send: "send-outline-rounded",
  sensor: "sensors-rounded",
  settings: "settings-outline-rounded",
  share: "share-outline",
  shield: "shield-outline-rounded",
  shieldOff: "remove-moderator-outline-rounded",
  shuffle: "shuffle-rounded",
  siren: "e911-emergency-rounded",
  speed: "speed-outline-rounded",
  star: "star-outline-rounded",
  starOn: "star-rounded",
  stop: "stop-rounded",
  sun: "light-mode-outline-rounded",
  swing: "swap-vert-rounded",
  sync: "sync-rounded",
  tablet: "tablet-outline",
  thermostat: "thermostat-rounded",
  text: "text-fields-rounded",
  timer: "timer-outline-rounded",
  trunk: "luggage-outline-rounded",
  tune: "tune-rounded",
  tv: "tv-outline-rounded",
  tyre: "tire-repair-rounded",
  undo: "undo-rounded",
  unlocked: "lock-open-right-outline-rounded",
  up: "keyboard-arrow-up-rounded",
  upload: "upload-rounded",
  usb: "usb-rounded",
  vacuum: "vacuum-outline-rounded",
  valve: "valve-outline-rounded",
  volume: "volume-up-rounded",
  warm: "thermostat-rounded",
  warmth: "wb-incandescent-outline-rounded",
  watch: "watch-outline",
  waterHeater: "water-heater-outline",
  weather: "partly-cloudy-day-outline-rounded",
  wheelHeat: "steering-wheel-heat-rounded",
  window: "window-outline",
  windowCar: "window-outline",
  windowOpen: "window-open-outline-rounded",
  work: "work-outline",
};

// What few houses have, the pictures of scenes that somebody chose, and what is no picture where it is said ("group" is a
// role) come later all the same.
const SCENES = ["dark", "meal", "out", "read", "sun", "work"];
const LATER = new Set([...SCENES, "file", "gallery", "group", "message", "mower", "script", "select", "siren", "valve", "waterHeater"]);

// What comes with the first load: whatever src/main.ts imports, and what that imports, but not what is imported on demand.
const IMPORT = /(?:^|\n)\s*(?:import|export)\s+(?!type\b)(?:[^;]*?\bfrom\s+)?"(\.[^"]+)"/g;
const ENDINGS = ["", ".ts", ".svelte", ".svelte.ts", "/index.ts"];
const seen = new Set();
const words = new Set();
function read(file) {
  if (seen.has(file)) return;
  seen.add(file);
  const text = readFileSync(file, "utf8");
  if (!/lib\/(icons|i18n|api)\//.test(file)) for (const [, word] of text.matchAll(/"([A-Za-z0-9_]+)"/g)) words.add(word);
  for (const [, from] of text.matchAll(IMPORT)) {
    const base = join(dirname(file), from);
    const found = ENDINGS.map((ending) => base + ending).find((path) => existsSync(path) && statSync(path).isFile());
    if (found) read(found);
  }
}
read("src/main.ts");

const lines = Object.entries(names)
  .sort(([one], [other]) => one.localeCompare(other))
  .map(([name, symbol]) => {
    const shape = icons[symbol]?.body.match(/^<path fill="currentColor" d="([^"]+)"\/>$/)?.[1];
    if (!shape) throw new Error(`Material Symbols has no single-path symbol ${symbol} for ${name}: ${icons[symbol]?.body}`);
    return [name, `  ${name}: "${shape}",`];
  });
const those = (first) => lines.filter(([name]) => (words.has(name) && !LATER.has(name)) === first).map(([, line]) => line).join("\n");

const HEAD = "// Made by `npm run icons`. Shapes: Material Symbols Rounded by Google, Apache-2.0. Do not edit.\n";
writeFileSync("src/lib/icons/more.ts", `${HEAD}export const more = {\n${those(false)}\n} as const;\n`);
writeFileSync(
  "src/lib/icons/shapes.ts",
  `${HEAD}import type { more } from "./more";\n\nexport const shapes = {\n${those(true)}\n} as const;\n\nexport type FirstName = keyof typeof shapes;\nexport type IconName = FirstName | keyof typeof more;\n`,
);
