/** What stands on the map for this person: the car, home and other places, people and phones by grant, what was found. */

import type { Region, Spot, Station } from "../../lib/api/maps";
import type { Goal } from "../../lib/api/navigation";
import type { Key } from "../../lib/i18n/words";
import type { IconName } from "../../lib/icons/shapes";
import type { House, ThingView } from "../../lib/things/house";
import { places, point, type Place, type Point } from "../../lib/things/whereabouts";
import { covers } from "./geometry";

export interface Mark extends Point {
  readonly id: string;
  readonly what: "car" | "home" | "place" | "person" | "found" | "sent";
  readonly name: string;
  readonly icon: IconName;
  /** When it was there, s since 1970, where it may be elsewhere by now. */
  readonly at?: number;
}

/** What somebody looks at closer. */
export interface Picked extends Point {
  readonly name?: string;
  readonly local?: string;
  readonly where?: string;
  readonly icon: IconName;
  readonly kind?: string;
  readonly mark?: Mark;
  readonly station?: Station;
}

const KINDS: Record<Spot["kind"], IconName> = { address: "home_pin", street: "street", place: "city", station: "ev", parking: "parking", point: "location" };

export const iconOf = (spot: Pick<Spot, "kind">): IconName => KINDS[spot.kind] ?? "location";

export function pickedSpot(spot: Spot): Picked {
  return { name: spot.name, local: spot.local ?? undefined, where: spot.where ?? undefined, latitude: spot.latitude, longitude: spot.longitude, icon: iconOf(spot), kind: kindOf(spot) };
}

/** Many a station has no name: then it is called by whom it is of, or what it is. */
export const stationSpot = (station: Station, word: string): Picked => ({ ...station, name: station.name || station.operator || word, icon: "ev", kind: "map.kind.station", station });

/** The key of what kind of thing it is; undefined: something of which no more is known than that it is there. */
export function kindOf(spot: Spot): Key | undefined {
  const about = spot.about?.split("=").at(-1);
  const key = about !== undefined && KIND_WORDS.has(about) ? (`map.kind.${about}` as Key) : undefined;
  return key ?? (spot.kind === "point" ? undefined : (`map.kind.${spot.kind}` as Key));
}

const KIND_WORDS: ReadonlySet<string> = new Set([
  "fuel", "hospital", "pharmacy", "school", "restaurant", "cafe", "hotel", "museum", "supermarket", "bank", "library", "clinic", "doctors", "dentist", "convenience",
  "bakery", "mall", "fast_food", "atm", "post_office", "police", "toilets", "kindergarten", "cinema", "park", "playground", "car_wash", "car_repair",
]);

const ICONS: Record<string, IconName> = { work: "work", star: "star", location: "location", school: "school", shop: "shop", food: "meal", doctor: "hospital", friends: "people", sport: "star" };

export function placeMark(place: Place, icon: string | undefined, word: string): Mark {
  const home = place.id === "home";
  return { id: `place:${place.id}`, what: home ? "home" : "place", name: place.name || word, icon: home ? "home" : (ICONS[icon ?? ""] ?? "star"), latitude: place.latitude, longitude: place.longitude };
}

/** Where people and phones are, as far as somebody may see it. */
export function people(house: House): Mark[] {
  return house.trackers().flatMap((id) => {
    const thing = house.thing(id);
    const [latitude, longitude] = [thing.number("device_tracker.latitude"), thing.number("device_tracker.longitude")];
    if (latitude === undefined || longitude === undefined || Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return [];
    const reading = thing.reading("device_tracker.latitude");
    const phone = thing.info?.kind === "phone";
    return [{ id: `thing:${id}`, what: "person" as const, name: thing.info?.name ?? id, icon: phone ? ("phone" as const) : ("person" as const), latitude, longitude, at: reading?.sourceAt ?? reading?.at }];
  });
}

/** The household's cars but the one that is driven by. */
export function cars(house: House, but: string | undefined): Mark[] {
  return house.cars().flatMap((id) => {
    const car = house.thing(id);
    const at = point(car);
    return at === undefined || id === but ? [] : [{ id: `thing:${id}`, what: "car" as const, name: car.info?.name ?? id, icon: "car" as const, latitude: at.latitude, longitude: at.longitude, at: at.at }];
  });
}

/** The one that a tap means: the nearest within so many px. `project`: where a point is on the screen. */
export function hit<T extends Point>(all: readonly T[], at: Point, reach: number, project: (one: Point) => { x: number; y: number }): T | undefined {
  const from = project(at);
  const near = all.map((one) => ({ one, far: Math.hypot(project(one).x - from.x, project(one).y - from.y) })).filter(({ far }) => far <= reach);
  return near.sort((one, other) => one.far - other.far)[0]?.one;
}

/** What the map looks at first: where the car is, else home; undefined in both: all of the first region. */
export function begins(house: House, car: ThingView | undefined, regions: readonly Pick<Region, "bounds">[]): Point[] {
  const spots = [car && point(car), places(house.store).find((one) => one.id === "home")];
  const on = spots.find((one) => one !== undefined && regions.some((region) => covers(region, one)));
  return on === undefined ? [] : [{ latitude: on.latitude, longitude: on.longitude }];
}

/** Where to, of what was picked. */
export function goalOf({ name, latitude, longitude, mark }: Picked): Goal {
  const id = (head: string) => (mark?.id.startsWith(head) ? mark.id.slice(head.length) : undefined);
  return { name: name ?? "", latitude, longitude, place: id("place:"), sent: id("sent:") };
}
