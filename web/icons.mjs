// Picks the shapes that the screens use out of Material Symbols Rounded (Apache-2.0) into src/lib/icons/shapes.ts.
// Run `npm run icons` after adding a name here: left our name, right the symbol's.
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const { icons } = createRequire(import.meta.url)("@iconify-json/material-symbols/icons.json");

const names = {
  activity: "history-rounded", add: "add-rounded", air: "air-rounded", alert: "warning-rounded",
  away: "cloud-off-outline-rounded", back: "arrow-back-rounded", battery: "battery-horiz-075-rounded",
  bolt: "bolt-rounded", button: "radio-button-checked", camera: "videocam-outline-rounded",
  car: "directions-car-rounded", cool: "ac-unit-rounded", check: "check-rounded", clock: "schedule-outline-rounded",
  close: "close-rounded", cover: "roller-shades-outline-rounded", coverClosed: "roller-shades-closed-outline-rounded",
  curtain: "curtains-outline-rounded", dark: "dark-mode-outline-rounded", delete: "delete-outline-rounded",
  devices: "devices-outline-rounded", door: "door-front-outline-rounded", down: "keyboard-arrow-down-rounded",
  drop: "water-drop-outline-rounded", error: "error-outline-rounded", fan: "mode-fan-outline",
  garage: "garage-home-outline-rounded", gate: "gate-outline-rounded", heat: "mode-heat-rounded", home: "home-rounded",
  key: "key-rounded", language: "language", left: "chevron-left-rounded", light: "lightbulb-outline-rounded",
  lightOn: "lightbulb-rounded", link: "link-rounded", location: "location-on-outline-rounded",
  lock: "lock-outline", mower: "grass-rounded", media: "speaker-outline", minus: "remove-rounded",
  motion: "sensors-rounded", music: "music-note-rounded", next: "skip-next-rounded", offline: "wifi-off-rounded",
  out: "logout-rounded", passkey: "passkey-rounded", pause: "pause-rounded", people: "group-outline-rounded",
  person: "person-outline-rounded", play: "play-arrow-rounded", plug: "power-plug-outline-rounded",
  power: "power-settings-new-rounded", previous: "skip-previous-rounded", qr: "qr-code-2-rounded",
  right: "chevron-right-rounded", scene: "palette-outline", script: "play-circle-outline-rounded",
  select: "list-rounded", sensor: "sensors-rounded", settings: "settings-outline-rounded",
  shield: "shield-outline-rounded", siren: "e911-emergency-rounded", stop: "stop-rounded", sun: "light-mode-outline-rounded",
  thermostat: "thermostat-rounded", tune: "tune-rounded", tyre: "tire-repair-rounded",
  unlocked: "lock-open-right-outline-rounded", up: "keyboard-arrow-up-rounded", vacuum: "vacuum-outline-rounded",
  valve: "valve-outline-rounded", volume: "volume-up-rounded", muted: "volume-off-rounded", waterHeater: "water-heater-outline",
  weather: "partly-cloudy-day-outline-rounded", window: "window-outline", hand: "touch-app-outline-rounded",
  speed: "speed-outline-rounded", tv: "tv-outline-rounded", edit: "edit-outline-rounded",
};

const lines = Object.entries(names)
  .sort(([one], [other]) => one.localeCompare(other))
  .map(([name, symbol]) => {
    const shape = icons[symbol]?.body.match(/^<path fill="currentColor" d="([^"]+)"\/>$/)?.[1];
    if (!shape) throw new Error(`Material Symbols has no single-path symbol ${symbol} for ${name}: ${icons[symbol]?.body}`);
    return `  ${name}: "${shape}",`;
  });

writeFileSync(
  "src/lib/icons/shapes.ts",
  `// Made by \`npm run icons\`. Shapes: Material Symbols Rounded by Google, Apache-2.0. Do not edit.\nexport const shapes = {\n${lines.join("\n")}\n} as const;\n\nexport type IconName = keyof typeof shapes;\n`,
);
