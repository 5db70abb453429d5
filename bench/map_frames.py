"""The map's frames: the page that goes along with a car that drives, beside a bare MapLibre page with the same tiles,
the same style and the same way of the camera. Both are drawn in software, as where a glass has no graphics chip."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Route
from tests.peers.maps import extract

from bench.rig.demo import Demo
from bench.rig.glass import SIZES, Glass, ask, come_in, glass
from bench.rig.measure import answer, load, middle, note, quick

ROOT = Path(__file__).parents[1]
PARTS = ROOT / "web" / "node_modules"
READY = ".map[data-ready]"
DRAWN = "() => window.wayhome.map?.isStyleLoaded() && window.wayhome.map.areTilesLoaded()"
COUNT = """(seconds) => new Promise((done) => {
  const map = window.wayhome.map, way = [], began = performance.now();
  const seen = () => {
    const { lng, lat } = map.getCenter();
    const [zoom, bearing, pitch, { top }] = [map.getZoom(), map.getBearing(), map.getPitch(), map.getPadding()];
    way.push([performance.now() - began, lng, lat, zoom, bearing, pitch, top]);
  };
  map.on("render", seen);
  setTimeout(() => { map.off("render", seen); done(way); }, seconds * 1000);
})"""
STYLE = """() => {
  const style = window.wayhome.map.getStyle();
  const own = (name) => name.startsWith("map:");
  style.sources = Object.fromEntries(Object.entries(style.sources).filter(([name]) => own(name)));
  style.layers = style.layers.filter((one) => one.source === undefined || own(one.source));
  return style;
}"""
BARE = """<!doctype html><meta charset="utf-8"><style>body { margin: 0 } #map { width: WIDEpx; height: HIGHpx }</style>
<div id="map"></div><script type="module">
import * as gl from "./bare/maplibre-gl/dist/maplibre-gl.mjs";
import { PMTiles } from "./bare/pmtiles/dist/esm/index.js";
gl.setWorkerUrl(new URL("./bare/maplibre-gl/dist/maplibre-gl-worker.mjs", location.href).href);
const archives = new Map();
gl.addProtocol("wayhome", async ({ url }, { signal }) => {
  const [, id, revision, z, x, y] = /\\/\\/([^/]+)\\/([^/]+)\\/(\\d+)\\/(\\d+)\\/(\\d+)/.exec(url);
  const file = new URL(`../api/maps/tiles/${id}/${revision}.pmtiles`, location.href).href;
  if (!archives.has(id)) archives.set(id, new PMTiles(file));
  return { data: (await archives.get(id).getZxy(+z, +x, +y, signal))?.data ?? new Uint8Array() };
});
window.make = (style, [, lng, lat, zoom, bearing, pitch, top]) => {
  const looks = { center: [lng, lat], zoom, bearing, pitch };
  window.map = new gl.Map({ container: "map", style, attributionControl: false, ...looks });
  map.setMissingStyleImageResolver((id) => void map.addImage(id, { width: 2, height: 2, data: new Uint8Array(16) }));
  map.setPadding({ top, bottom: 0, left: 0, right: 0 });
};
window.drive = (way) => new Promise((done) => {
  const began = performance.now(), ends = way.at(-1)[0];
  let at = 0, frames = 0;
  map.on("render", () => frames++);
  const step = () => {
    const now = performance.now() - began;
    if (now >= ends) return done(frames);
    while (way[at + 1][0] < now) at++;
    const [from, to] = [way[at], way[at + 1]], part = (now - from[0]) / Math.max(1, to[0] - from[0]);
    const mix = (n) => from[n] + (to[n] - from[n]) * part;
    const turn = ((to[4] - from[4] + 540) % 360) - 180;
    map.jumpTo({ center: [mix(1), mix(2)], zoom: mix(3), bearing: from[4] + turn * part, pitch: mix(5) });
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
});
</script>"""


class Town(Demo):
    """The demo in a town with a map."""

    options = (*Demo.options, "--map", str(extract("helsinki")))


def panel(one: Glass, url: str, seconds: float) -> tuple[float, list[list[float]], Any, tuple[int, int]]:
    """Frames a second of the page, the camera's way, its style and how large it is drawn."""
    page, _ = one.page(1)
    page.goto(f"{url}/#/map")
    page.locator(READY).wait_for(timeout=120_000)
    ask(one, f"{url}/api/links/steer", {"id": "demo", "orders": {"clear": True, "on_the_road": 0.1}})
    lead(one, url)
    page.wait_for_function(DRAWN, timeout=60_000)
    page.wait_for_timeout(4_000)
    way: list[list[float]] = page.evaluate(COUNT, seconds)
    box = page.locator(READY).bounding_box()
    assert box is not None
    style = page.evaluate(STYLE)
    page.close()
    return len(way) / seconds, way, style, (round(box["width"]), round(box["height"]))


def lead(one: Glass, url: str) -> None:
    """Have the car led home, as soon as it has told where it is."""
    until = time.monotonic() + 30
    while True:
        try:
            ask(one, f"{url}/api/navigation/start", {"place": "home"})
            return
        except RuntimeError:
            if time.monotonic() > until:
                raise
            time.sleep(0.5)


def bare(one: Glass, url: str, way: Sequence[Sequence[float]], style: Any, size: tuple[int, int]) -> float:
    """Frames a second of the bare page on the same way."""
    page, _ = one.page(1)
    html = BARE.replace("WIDE", str(size[0])).replace("HIGH", str(size[1]))
    page.route("**/api/bare.html", lambda route: route.fulfill(content_type="text/html", body=html))
    # Under /api/ the cockpit's own worker does not answer.
    page.route("**/api/bare/**", _part)
    page.goto(f"{url}/api/bare.html")
    page.wait_for_function("() => window.make !== undefined")
    page.evaluate("([style, first]) => window.make(style, first)", [style, way[0]])
    page.wait_for_function("() => window.map.isStyleLoaded() && window.map.areTilesLoaded()", timeout=60_000)
    page.wait_for_timeout(2_000)
    frames = int(page.evaluate("(way) => window.drive(way)", list(way)))
    page.close()
    return frames / (way[-1][0] / 1_000)


def _part(route: Route) -> None:
    name = route.request.url.partition("/bare/")[2].partition("?")[0]
    path = PARTS / name if not name.startswith("fflate") else PARTS / "fflate" / "esm" / "browser.js"
    body = path.read_text("utf-8").replace('from"fflate"', 'from"/api/bare/fflate"')
    route.fulfill(content_type="text/javascript", body=body)


def drawing(page: Page) -> str:
    """Who draws, by the browser's own word."""
    said: str = page.evaluate(
        "() => { const gl = document.createElement('canvas').getContext('webgl2');"
        " return gl.getParameter(gl.getExtension('WEBGL_debug_renderer_info').UNMASKED_RENDERER_WEBGL) }"
    )
    return said


def main() -> None:
    rounds, seconds = (1, 6.0) if quick() else (5, 15.0)
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as folder:
        hub = Town(Path(folder) / "hub")
        try:
            with glass(SIZES["car"]) as one:
                come_in(one, hub.url, "anna")
                for turn in range(rounds):
                    ours, way, style, size = panel(one, hub.url, seconds)
                    peer = bare(one, hub.url, way, style, size)
                    rows.append({"round": turn + 1, "page": ours, "bare": peer, "share": ours / peer})
                    note(json.dumps(rows[-1]))
                page, _ = one.page(1)
                page.goto(f"{hub.url}/")
                drawn_by = drawing(page)
        finally:
            hub.stop()
    answer(
        title="The map: frames while it goes along",
        about="Frames a second in Chromium, drawn in software, on the car's glass of 1280x720 while the demo's car"
        f" drives home through Helsinki by the map, {seconds:.0f} s each: the page with all that stands on it and over"
        " it, then a bare MapLibre page of the same size with the same tiles and style that goes the same way of the"
        " camera. No pictures stand on the bare one.",
        goal="at least 0.8 of the bare page's",
        frames=rows,
        share_median=middle([float(str(row["share"])) for row in rows]),
        drawn_by=drawn_by,
        load=load(),
    )


if __name__ == "__main__":
    main()
