/** How a car is led, as its signal `navigation.now` says. */

import type { Avoids } from "../../../lib/api/navigation";
import type { Value } from "../../../lib/live/frames";
import type { ThingView } from "../../../lib/things/house";
import type { Point } from "../../../lib/things/whereabouts";

export type State = "planning" | "under_way" | "off_route" | "arrived" | "no_position" | "no_way";

export interface Stop extends Point {
  readonly name: string;
  readonly place?: string;
}
export interface Lane {
  readonly leads: readonly string[];
  readonly take?: string;
}
export interface Ahead {
  readonly kind: string;
  readonly far: number;
  readonly streets: readonly string[];
  readonly exit?: number;
  readonly sign?: string;
  readonly lanes: readonly Lane[];
  readonly then?: string;
}
export interface Guidance {
  readonly state: State;
  readonly goal: Stop;
  readonly way?: string;
  readonly stops: number;
  readonly left?: number;
  readonly time?: number;
  readonly eta?: number;
  readonly along?: number;
  readonly at?: Point;
  readonly heading?: number;
  readonly next?: Ahead;
  readonly limit?: number;
  readonly road?: string;
  readonly charge?: number;
  readonly trouble?: string;
  readonly walk?: number;
  /** What is to be heard: once for each. */
  readonly say?: string;
}

type Fields = Readonly<Record<string, Value>>;
const fields = (value: Value | undefined): Fields | undefined => (typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : undefined);
const number = (value: Value | undefined): number | undefined => (typeof value === "number" && Number.isFinite(value) ? value : undefined);
const text = (value: Value | undefined): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);
const list = (value: Value | undefined): readonly Value[] => (Array.isArray(value) ? value : []);
const texts = (value: Value | undefined): string[] => list(value).flatMap((one) => text(one) ?? []);
const STATES = ["planning", "under_way", "off_route", "arrived", "no_position", "no_way"];

/** Undefined: it is led nowhere, or whoever looks may not see it. */
export function guidance(car: ThingView | undefined): Guidance | undefined {
  const value = fields(car?.value("navigation.now"));
  const state = text(value?.["state"]);
  const goal = stop(value?.["goal"]);
  if (value === undefined || goal === undefined || state === undefined || !STATES.includes(state)) return undefined;
  const at = list(value["at"]);
  const [latitude, longitude] = [number(at[0]), number(at[1])];
  return {
    state: state as State, goal, way: text(value["way"]), stops: number(value["stops"]) ?? 0, left: number(value["left"]), time: number(value["time"]), eta: number(value["eta"]), along: number(value["along"]),
    at: latitude !== undefined && longitude !== undefined ? { latitude, longitude } : undefined, heading: number(value["heading"]), next: ahead(value["next"]), limit: number(value["limit"]), road: text(value["road"]),
    charge: number(value["charge"]), trouble: text(value["trouble"]), walk: number(value["walk"]), say: text(fields(value["say"])?.["id"]),
  };
}

export function stop(value: Value | undefined): Stop | undefined {
  const found = fields(value);
  const [latitude, longitude] = [number(found?.["latitude"]), number(found?.["longitude"])];
  if (found === undefined || latitude === undefined || longitude === undefined) return undefined;
  return { latitude, longitude, name: text(found["name"]) ?? "", place: text(found["place"]) };
}

/** What is still to come of what somebody asked for, as it is kept; undefined: nothing is. */
export function journey(value: Value | undefined): { stops: readonly Stop[]; avoids: Avoids } | undefined {
  const found = fields(value);
  // What two sites wrote at once may tell of another journey's stops.
  const led = fields(found?.["led"]);
  const passed = led?.["start"] === found?.["start"] ? (number(led?.["passed"]) ?? 0) : 0;
  const stops = list(found?.["stops"]).flatMap((one) => stop(one) ?? []).slice(passed);
  const avoids = { tolls: found?.["avoid_tolls"] === true, motorways: found?.["avoid_motorways"] === true, ferries: found?.["avoid_ferries"] === true };
  return stops.length === 0 ? undefined : { stops, avoids };
}

function ahead(value: Value | undefined): Ahead | undefined {
  const found = fields(value);
  const [kind, far] = [text(found?.["kind"]), number(found?.["far"])];
  if (found === undefined || kind === undefined || far === undefined) return undefined;
  const lanes = list(found["lanes"]).flatMap((one) => {
    const lane = fields(one);
    return lane ? [{ leads: texts(lane["leads"]), take: text(lane["take"]) }] : [];
  });
  return { kind, far, streets: texts(found["streets"]), exit: number(found["exit"]), sign: text(found["sign"]), lanes, then: text(found["then"]) };
}

/** Whether it leads somewhere now. */
export const leads = (one: Guidance | undefined): boolean => one !== undefined && one.state !== "arrived";
