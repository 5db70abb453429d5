/** How the charts are drawn: with the tokens of the page, no legend, nothing to zoom. */

import type uPlot from "uplot";
import type { Units } from "../../lib/look/units";

export interface Drawing {
  readonly name: string;
  readonly tone: string;
  /** It begins at nothing; else it lies close around what was told. */
  readonly floor: boolean;
}

export function options(room: HTMLElement, units: Units, { name, tone, floor }: Drawing): uPlot.Options {
  const style = getComputedStyle(room);
  const token = (of: string) => style.getPropertyValue(of).trim();
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const small = style.getPropertyValue("--small").trim();
  const letters = small.endsWith("rem") ? parseFloat(small) * rem : rem;
  const [road, quiet, line] = [token(tone), token("--quiet"), token("--line")];
  const axis = { stroke: quiet, font: `600 ${letters}px Figtree, sans-serif`, grid: { stroke: line, width: 1 }, ticks: { show: false } };
  return {
    width: room.clientWidth || 300,
    height: Math.round(letters * 9.5),
    padding: [letters / 2, letters * 1.4, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: false, y: false },
      points: { size: Math.round(letters), fill: road },
      // Pointing is done by the page, the same for fingers and mice.
      bind: { mousemove: () => null, mouseenter: () => null, mouseleave: () => null, mousedown: () => null, mouseup: () => null, click: () => null, dblclick: () => null },
    },
    scales: { y: { range: (_, low, high) => bounds(low, high, floor) } },
    axes: [
      { ...axis, size: letters * 1.7, space: letters * 5.5, values: (_, splits) => splits.map((moment) => units.time(moment)) },
      { ...axis, size: letters * 2.9, space: letters * 2, values: (_, splits) => splits.map((value) => units.number(value, 1)) },
    ],
    series: [
      {},
      { label: name, stroke: road, width: rem / 6.4, fill: faint(road), fillTo: (self, _series, low) => (low < 0 ? 0 : (self.scales["y"]?.min ?? low)), points: { show: false }, spanGaps: false },
    ],
  };
}

/** The bounds of a scale: never so narrow that a steady value looks like a mountain. */
export function bounds(low: number | null, high: number | null, floor: boolean): [number, number] {
  const [bottom, top] = [low ?? 0, high ?? 1];
  if (floor) return [0, Math.max(10, top * 1.08)];
  const room = Math.max((top - bottom) * 0.1, (5 - (top - bottom)) / 2, 0.5);
  return [bottom - room, top + room];
}

function faint(color: string): string {
  return /^#[0-9a-f]{6}$/i.test(color) ? `${color}22` : color;
}
