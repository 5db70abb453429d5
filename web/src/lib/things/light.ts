/** A lamp's light: what it shows, and what people usually want of it. */

import type { Key } from "../i18n/words";
import type { ThingView } from "./house";

export interface Colour {
  hue: number;
  saturation: number;
}

export type Shade = { name: Key; kelvin: number } | ({ name: Key } & Colour);

const WHITES: readonly { name: Key; kelvin: number }[] = [
  { name: "light.candle", kelvin: 2200 },
  { name: "light.warm", kelvin: 2700 },
  { name: "light.neutral", kelvin: 4000 },
  { name: "light.cold", kelvin: 6500 },
];

export const COLOURS: readonly ({ name: Key } & Colour)[] = [
  { name: "light.red", hue: 0, saturation: 100 },
  { name: "light.orange", hue: 28, saturation: 100 },
  { name: "light.yellow", hue: 52, saturation: 90 },
  { name: "light.green", hue: 120, saturation: 90 },
  { name: "light.blue", hue: 226, saturation: 95 },
  { name: "light.violet", hue: 272, saturation: 85 },
  { name: "light.pink", hue: 330, saturation: 70 },
];

/** The usual whites within what a lamp can do; its own ends where those lie outside. */
export function whites(least: number, most: number): readonly { name: Key; kelvin: number }[] {
  const fit = WHITES.map((one) => ({ ...one, kelvin: Math.min(most, Math.max(least, one.kelvin)) }));
  return fit.filter((one, at) => fit.findIndex((other) => other.kelvin === one.kelvin) === at);
}

/** A colour as a screen shows it: a lamp's full colours are bright, and white where there is no saturation. */
export function css({ hue, saturation }: Colour): string {
  return `hsl(${Math.round(hue)} ${Math.round(saturation)}% ${Math.round(100 - saturation * 0.42)}%)`;
}

/** A white as a screen shows it: from amber at 2000 K over nearly white to bluish at 6500 K. */
export function white(kelvin: number): string {
  const stops: readonly (readonly [number, readonly [number, number, number]])[] = [
    [2000, [255, 166, 87]], [2700, [255, 196, 128]], [4000, [255, 236, 214]], [5200, [250, 246, 255]], [6500, [214, 228, 255]],
  ];
  const at = Math.min(6500, Math.max(2000, kelvin));
  const next = Math.max(1, stops.findIndex(([end]) => at <= end));
  const [from, one] = stops[next - 1]!;
  const [to, other] = stops[next]!;
  const part = (at - from) / (to - from);
  return `rgb(${one.map((value, n) => Math.round(value + (other[n]! - value) * part)).join(" ")})`;
}

/** The colour that a lamp says it shows; undefined: it shows white, or says nothing. */
export function colour(lamp: ThingView): Colour | undefined {
  const [hue, saturation] = [lamp.number("light.hue"), lamp.number("light.saturation")];
  return lamp.number("light.color_temp") !== undefined || hue === undefined || saturation === undefined ? undefined : { hue, saturation };
}

/** What its light looks like, as CSS; undefined: as any lamp's. */
export function shine(lamp: ThingView): string | undefined {
  const shown = colour(lamp);
  const kelvin = lamp.number("light.color_temp");
  return shown ? css(shown) : kelvin === undefined ? undefined : white(kelvin);
}

/** Whether two colours are one to the eye: hue goes round, and counts less the paler they are. */
export function near(one: Colour, other: Colour): boolean {
  const turn = Math.abs(one.hue - other.hue) % 360;
  const pale = Math.min(one.saturation, other.saturation) / 100;
  return Math.min(turn, 360 - turn) * pale <= 9 && Math.abs(one.saturation - other.saturation) <= 12;
}

/** What to ask of a lamp for a colour: only what differs, the hue first. */
export function wishes(lamp: ThingView, wanted: Colour): [signal: string, target: number][] {
  const now = colour(lamp);
  const asked: [string, number][] = [["light.hue", Math.round(wanted.hue) % 360], ["light.saturation", Math.round(wanted.saturation)]];
  const differing = asked.filter(([signal, target]) => now === undefined || Math.abs((signal === "light.hue" ? now.hue : now.saturation) - target) >= 1);
  return differing.filter(([signal]) => lamp.can(signal));
}
