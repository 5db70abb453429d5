/** Taps and long presses on a map, by finger, mouse and the menu key. */

import type { Map as GL, MapMouseEvent, MapTouchEvent } from "maplibre-gl";
import type { Point } from "../../lib/things/whereabouts";

const LONG = 550;
const STILL = 12;

export function longPresses(map: GL, { pick, long }: { pick: (at: Point) => void; long: (at: Point) => void }): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let from = { x: 0, y: 0 };
  /** A press that lasted ends as a click as well, which means nothing then. */
  let held = false;
  const at = ({ lngLat }: MapMouseEvent | MapTouchEvent): Point => ({ latitude: lngLat.lat, longitude: lngLat.wrap().lng });
  const end = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  const down = (event: MapMouseEvent | MapTouchEvent) => {
    end();
    held = false;
    if ("points" in event && event.points.length > 1) return;
    if (event.originalEvent instanceof MouseEvent && event.originalEvent.button !== 0) return;
    from = event.point;
    const where = at(event);
    timer = setTimeout(() => {
      held = true;
      navigator.vibrate?.(20);
      long(where);
    }, LONG);
  };
  const moved = ({ point }: MapMouseEvent | MapTouchEvent) => Math.hypot(point.x - from.x, point.y - from.y) > STILL && end();
  map.on("mousedown", down);
  map.on("touchstart", down);
  map.on("mousemove", moved);
  map.on("touchmove", moved);
  for (const name of ["mouseup", "touchend", "touchcancel", "dragstart"] as const) map.on(name, end);
  map.on("contextmenu", (event) => {
    event.preventDefault();
    end();
    if (!held) long(at(event));
    held = true;
  });
  map.on("click", (event) => {
    if (!held) pick(at(event));
  });
  map.on("remove", end);
}
