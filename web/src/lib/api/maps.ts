/** Maps: the hub's answers about them, what is found in them, and how an extract of one's own is sent. */

import { at as door, request } from "../live/at";
import { act, ApiError, problem, read } from "./call";
import type { components } from "./schema";

type Schemas = components["schemas"];
/** What is at its usual value is not sent. */
export type Region = Pick<Schemas["Region"], "id" | "name" | "source" | "made" | "size" | "revision" | "spots" | "stations"> & Partial<Omit<Schemas["Region"], "bounds">> & { bounds: readonly [west: number, south: number, east: number, north: number] };
export type Making = Pick<Schemas["Making"], "id" | "name" | "source" | "step"> & Partial<Schemas["Making"]>;
export type Spot = Pick<Schemas["Spot"], "kind" | "name" | "latitude" | "longitude"> & Partial<Schemas["Spot"]>;
export type Station = Pick<Schemas["Station"], "id" | "name" | "latitude" | "longitude"> & Partial<Omit<Schemas["Station"], "connectors">> & { connectors?: readonly Connector[] };
export type Connector = Pick<Schemas["Connector"], "standard"> & Partial<Schemas["Connector"]>;
export type Offered = Pick<Schemas["Offered"], "id" | "name"> & Partial<Schemas["Offered"]>;
export interface Listed {
  regions: Region[];
  making: Making | null;
  ready: boolean;
}

interface At {
  latitude: number;
  longitude: number;
}

/** Degrees, about a metre. */
const HAIR = 1e-5;
export const CREDIT = "© OpenStreetMap contributors";

export const list = () => read<Listed>("maps/list");
export const offered = (near?: At) => read<{ regions: Offered[] }>("maps/offered", near && { latitude: near.latitude, longitude: near.longitude }).then(({ regions }) => regions);
export const add = (source: string, name = "") => act<Making>("maps/add", { source, name });
export const stop = () => act<Listed>("maps/stop");
export const remove = (id: string) => act<Listed>("maps/remove", { id });
export const search = (text: string, language: string, near: At | undefined, limit: number) =>
  read<{ spots: Spot[] }>("maps/search", { text, language, limit, latitude: near?.latitude, longitude: near?.longitude }, 8_000).then(({ spots }) => spots);
export const at = ({ latitude, longitude }: At, language: string) => read<{ spot: Spot | null }>("maps/at", { latitude, longitude, language }, 8_000).then(({ spot }) => spot);
export const stations = ([west, south, east, north]: readonly [number, number, number, number], limit: number, power = 0) =>
  read<{ stations: Station[] }>("maps/stations", { west, south, east, north, limit, power }, 8_000).then((found) => found.stations);
/** The charging station that is found at a place; undefined where nobody can say. */
export const stationAt = ({ latitude, longitude }: At) => stations([longitude - HAIR, latitude - HAIR, longitude + HAIR, latitude + HAIR], 1).then(([first]) => first, () => undefined);

/** Send an extract that lies on this device. `done`: what share of it is on its way, 0 to 1. Throws ApiError. */
export function send(file: File, done: (share: number) => void, signal: AbortSignal): Promise<Making> {
  // A browser tells how much of a body it has sent by this one only.
  return new Promise((resolve, reject) => {
    const sending = new XMLHttpRequest();
    sending.open("POST", `${door.door === "" ? "" : `${door.door}/`}api/maps/file?name=${encodeURIComponent(file.name)}`);
    if (door.door !== "") sending.setRequestHeader("Authorization", `Bearer ${door.pass}`);
    sending.setRequestHeader("Content-Type", "application/octet-stream");
    sending.upload.onprogress = ({ loaded, total }) => done(loaded / Math.max(1, total));
    sending.onload = () => (sending.status < 300 ? resolve(JSON.parse(sending.responseText) as Making) : reject(problem(sending.status, sending.responseText)));
    sending.onerror = () => reject(new ApiError(0, "offline", ""));
    sending.onabort = () => reject(new ApiError(0, "stopped", ""));
    signal.addEventListener("abort", () => sending.abort());
    sending.send(file);
  });
}

/** A part of a region's tiles. Throws ApiError. */
export async function tiles(region: string, revision: string, offset: number, length: number, signal?: AbortSignal): Promise<ArrayBuffer> {
  const answer = await request(`api/maps/tiles/${encodeURIComponent(region)}/${encodeURIComponent(revision)}.pmtiles`, { headers: { Range: `bytes=${offset}-${offset + length - 1}` }, signal });
  if (!answer.ok) throw problem(answer.status, await answer.text());
  return answer.arrayBuffer();
}
