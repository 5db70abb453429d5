/** The small pictures that stand on the map: drawn here from the page's own icons, so that none is fetched. */

import type { Map as GL } from "maplibre-gl";
import { more } from "../../lib/icons/more";
import { shapes, type IconName } from "../../lib/icons/shapes";
import { PALETTES, type Palette, type Theme } from "./style/palette";

const RATIO = 2;
/** Of a picture, in CSS px. */
const SIZE = 30;
const POINTS: Record<string, IconName> = {
  fuel: "fuel", parking: "parking", hospital: "hospital", pharmacy: "pharmacy", school: "school", restaurant: "meal", cafe: "cafe", fast_food: "meal", hotel: "hotel", museum: "museum",
  supermarket: "shop", ferry_terminal: "ferry", bus_station: "bus", station: "train", other: "location",
};

interface Drawn {
  image: ImageData;
  how?: { stretchX: [number, number][]; stretchY: [number, number][]; content: [number, number, number, number] };
}

const path = (name: IconName): Path2D => new Path2D({ ...shapes, ...more }[name]);

function canvas(wide: number, high: number, draw: (on: CanvasRenderingContext2D) => void): ImageData {
  const made = document.createElement("canvas");
  [made.width, made.height] = [wide * RATIO, high * RATIO];
  const on = made.getContext("2d", { willReadFrequently: true })!;
  on.scale(RATIO, RATIO);
  draw(on);
  return on.getImageData(0, 0, made.width, made.height);
}

/** An icon on a disc. */
function disc(name: IconName, ground: string, letter: string, edge: string): ImageData {
  return canvas(SIZE, SIZE, (on) => {
    on.beginPath();
    on.arc(SIZE / 2, SIZE / 2, SIZE / 2 - 1.5, 0, 2 * Math.PI);
    on.fillStyle = ground;
    on.fill();
    on.lineWidth = 2;
    on.strokeStyle = edge;
    on.stroke();
    const part = (SIZE * 0.62) / 24;
    on.translate(SIZE * 0.19, SIZE * 0.19);
    on.scale(part, part);
    on.fillStyle = letter;
    on.fill(path(name));
  });
}

function shield({ shield: ground, onShield }: Palette): Drawn {
  const [wide, high, round] = [24, 20, 5];
  const image = canvas(wide, high, (on) => {
    on.beginPath();
    on.roundRect(0.75, 0.75, wide - 1.5, high - 1.5, round);
    on.fillStyle = ground;
    on.fill();
    on.lineWidth = 1;
    on.strokeStyle = onShield;
    on.globalAlpha = 0.55;
    on.stroke();
  });
  const px = (...all: number[]) => all.map((one) => one * RATIO);
  return { image, how: { stretchX: [px(8, 16) as [number, number]], stretchY: [px(8, 12) as [number, number]], content: px(3, 3, wide - 3, high - 3) as [number, number, number, number] } };
}

/** The picture of that name; undefined: there is none. */
export function drawn(name: string, theme: Theme): Drawn | undefined {
  const colors = PALETTES[theme];
  if (name === "shield") return shield(colors);
  if (name === "oneway")
    return {
      image: canvas(SIZE, SIZE, (on) => {
        // The icon points up; along a line it is to point on.
        on.translate(SIZE / 2, SIZE / 2);
        on.rotate(Math.PI / 2);
        on.translate(-12, -12);
        on.fillStyle = colors.quiet;
        on.fill(path("arrow"));
      }),
    };
  if (name === "station") return { image: disc("ev", colors.road, colors.onRoad, colors.surface) };
  const kind = /^point:(\w+)$/.exec(name)?.[1];
  if (kind === undefined) return undefined;
  return { image: disc(POINTS[kind] ?? "location", colors.surface, colors.quiet, colors.border) };
}

/** Give a map the pictures that its style asks for, and new ones when day turns to night: what it returns draws them anew. */
export function pictures(map: GL, theme: () => Theme): () => void {
  const known = new Set<string>();
  map.setMissingStyleImageResolver((id) => {
    const made = drawn(id, theme());
    if (made === undefined || map.hasImage(id)) return;
    known.add(id);
    map.addImage(id, made.image, { pixelRatio: RATIO, ...made.how });
  });
  return () => {
    for (const name of known) if (map.hasImage(name)) map.updateImage(name, drawn(name, theme())!.image);
  };
}
