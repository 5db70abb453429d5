/** Drives: the hub's answers about them, and what is asked of it. */

import { act, file, read } from "./call";
import type { components } from "./schema";

type Schemas = components["schemas"];
/** What is at its usual value is not sent: `coarse`, `lost` may be missing. */
export type Drive = Omit<Schemas["Drive"], "coarse" | "lost"> & { coarse?: boolean; lost?: boolean };
export type DrivePlace = Schemas["DrivePlace"];
export type Kept = Schemas["DrivesKept"];
export type Total = Schemas["DrivesTotal"];
export type Listed = Omit<Schemas["DrivesListed"], "drives"> & { drives: Drive[] };
export type End = "origin" | "goal";

export type Column = readonly (number | null)[];
/** The course of a drive: columns of equal length, see the hub's `Track` for their units. */
export interface Course {
  readonly at: readonly number[];
  readonly speed: Column;
  readonly power: Column;
  readonly charge: Column;
  readonly latitude: Column;
  readonly longitude: Column;
}
export type Gap = readonly [from: number, to: number];
export interface Shown {
  readonly drive: Drive;
  readonly course: Course;
  readonly gaps: readonly Gap[];
}

export const list = (query: { car?: string; after?: string; limit?: number }): Promise<Listed> => read("drives/list", query);

export const show = (id: string, points = 600): Promise<Shown> => read("drives/show", { id, points });

export const remove = (id: string): Promise<void> => act("drives/delete", { id });

export const keep = (on: boolean, car?: string): Promise<Kept> => act("drives/keep", car === undefined ? { on } : { on, car });

export const name = (id: string, end: End, text: string): Promise<Schemas["DrivePlaceNamed"]> => act("drives/name_place", { id, end, name: text });

export const forget = (place: string): Promise<void> => act("drives/forget_place", { place });

/** A drive's course, or the log book of all drives (of one car). */
export const exported = (query: { id?: string; car?: string; format: "csv" | "gpx" }): Promise<File> => file("drives/export", query);
