/** The theme of this screen: as the person chose; else by light and sun on the car's glass, as the browser elsewhere. */

import { untrack } from "svelte";
import { MediaQuery } from "svelte/reactivity";
import type { ThingView } from "../things/house";
import type { Way } from "../way.svelte";
import { Daylight, type Seen, type Shows } from "./daylight";
import { elevation } from "./sun";

const LOCATION = "Vehicle.CurrentLocation";
/** A sensor that has said nothing for so long, in s, sleeps: the sun goes on without it. */
const SILENT = 1800;

/** What `car` tells of the light at `now`, s since 1970. A car that does not answer tells where it stands, and no more. */
export function seen(car: ThingView, now: number): Seen {
  const light = car.reading("Vehicle.Exterior.LightIntensity");
  const fresh = car.answers && light?.quality === "good" && now - light.at < SILENT;
  const [latitude, longitude] = [car.number(`${LOCATION}.Latitude`), car.number(`${LOCATION}.Longitude`)];
  return {
    now,
    light: fresh && typeof light.value === "number" ? light.value : undefined,
    beam: car.answers ? car.flag("Vehicle.Body.Lights.Beam.Low.IsOn") : undefined,
    sun: latitude === undefined || longitude === undefined ? undefined : elevation(now, latitude, longitude),
  };
}

export class Theme {
  readonly #browser = new MediaQuery("prefers-color-scheme: light");
  readonly #daylight = new Daylight();

  constructor(readonly way: Way) {}

  get shown(): Shows {
    const { prefs, face, car } = this.way;
    if (prefs.kept.theme !== "auto") return prefs.kept.theme;
    const browser: Shows = this.#browser.current ? "day" : "night";
    if (face !== "car") return browser;
    if (car === undefined) return prefs.kept.lately ?? browser;
    const shown = this.#daylight.see(seen(car, this.way.clock.now));
    if (shown !== undefined && shown !== prefs.kept.lately) untrack(() => prefs.set({ lately: shown }));
    return shown ?? browser;
  }
}
