/** Links: what the household is connected to. */

import { act, read } from "./call";
import type { components } from "./schema";

export type Status = components["schemas"]["Status"];

/** Where a car's signal comes from. What is not named here goes back as it came. */
export interface Source {
  entity: string;
  attribute?: string | null;
  [more: string]: unknown;
}

export interface Car {
  id: string;
  name: string;
  signals: Record<string, Source>;
  maker?: string | null;
  model?: string | null;
}

export interface Proposal {
  signal: string;
  source: Source;
  name: string;
  now?: unknown;
  to_unit?: string | null;
}

export interface Suggestion {
  key: string;
  car: Car;
  proposals: Proposal[];
  /** The car's other entities, to choose from. */
  others: string[];
}

export interface Cars {
  suggestions: Suggestion[];
  mapped: Car[];
  signals: string[];
  /** Whether the user that the hub signs in with may show cars there. */
  may_show: boolean;
}

export const list = () => read<{ links: Status[] }>("links/list");
export const remove = (id: string) => act("links/remove", { id });
export const retry = (id: string) => act("links/retry", { id });

/** Where the browser has to go to sign in at Home Assistant's own page. `id`: sign a present link in anew. */
export async function signIn(to: { url: string; name: string } | { id: string }): Promise<string> {
  return (await act<{ url: string }>("links/sign_in", { link: "homeassistant", back: location.origin, ...to })).url;
}

/** Where the other side is now: its sign-in does not go along to another address. */
export const moveTo = (id: string, url: string) => act<Status>("links/change", { id, config: { url } });
export const newToken = (id: string, token: string) => act<Status>("links/change", { id, secrets: { token } });
export const finish = (answer: Record<string, string>) => act<Status>("links/finish", { answer });

export const addByToken = (url: string, name: string, token: string) =>
  act<Status>("links/add", { link: "homeassistant", name, config: { url }, secrets: { token } });

export async function cars(id: string): Promise<Cars> {
  return (await read<{ answer: Cars }>("links/cars", { id })).answer;
}

export const mapCar = (id: string, car: Car) => act("links/map_car", { id, car });
export const forgetCar = (id: string, car: string) => act("links/map_car", { id, car: { id: car }, remove: true });

/** Demo only. */
export const steer = (id: string, orders: object) => act<{ answer: Record<string, unknown> }>("links/steer", { id, orders });

/** An MQTT broker's settings, as far as they are shown and changed here. */
export interface BrokerSettings {
  url: string;
  user: string | null;
  ca: string | null;
  prefix: string;
  /** Cars and people that others at the broker see, and what they may do with them. */
  shows?: readonly string[];
  grants?: readonly string[];
}

/** What a look at a broker found. */
export interface Found {
  devices: number;
  things: number;
  wrong: number;
}

const given = (password: string): Record<string, string> => (password === "" ? {} : { password });

export async function settings(id: string): Promise<BrokerSettings> {
  return (await read<{ settings: BrokerSettings }>("links/settings", { id })).settings;
}

/** Whether a broker lets us in, and what describes itself there. Nothing is kept. */
export async function lookAtBroker(config: BrokerSettings, password: string): Promise<Found> {
  return (await act<{ found: Found }>("links/look", { link: "mqtt", name: "mqtt", config, secrets: given(password) })).found;
}

export const addBroker = (name: string, config: BrokerSettings, password: string) =>
  act<Status>("links/add", { link: "mqtt", name, config, secrets: given(password) });

export const changeBroker = (id: string, config: BrokerSettings, password: string) =>
  act<Status>("links/change", { id, config, secrets: given(password) });

/** A camera's settings. */
export interface CameraSettings {
  url: string;
  user: string | null;
  area: string | null;
  open: "needed" | "always";
}

/** What a look at a camera found. */
export interface CameraFound {
  width: number;
  height: number;
}

export async function cameraSettings(id: string): Promise<CameraSettings> {
  return (await read<{ settings: CameraSettings }>("links/settings", { id })).settings;
}

/** Whether a camera lets us in, and what it sends. Nothing is kept. */
export async function lookAtCamera(config: CameraSettings, password: string): Promise<CameraFound> {
  return (await act<{ found: CameraFound }>("links/look", { link: "rtsp", name: "camera", config, secrets: given(password) })).found;
}

/** A camera that answered a search: the address of its services. */
export interface CameraThere {
  url: string;
  name: string;
  model: string;
}

/** The cameras in the home's network that speak ONVIF. It takes some seconds. */
export async function searchCameras(): Promise<CameraThere[]> {
  return (await act<{ found: CameraThere[] }>("links/search", { link: "rtsp" })).found;
}

export const addCamera = (name: string, config: CameraSettings, password: string) =>
  act<Status>("links/add", { link: "rtsp", name, config, secrets: given(password) });

export const changeCamera = (id: string, name: string, config: CameraSettings, password: string) =>
  act<Status>("links/change", { id, name, config, secrets: given(password) });

export const show = (id: string, shows: readonly string[], grants: readonly string[]) => act<Status>("links/change", { id, config: { shows, grants } });

/** Show what several links see as one for each link, or as one. */
export const setApart = (thing: string, apart: boolean) => act("links/apart", { thing, apart });

/** Of these cars Home Assistant is told where they are being led. */
export const showArrivals = (id: string, shows: readonly string[]) => act<Status>("links/change", { id, config: { shows } });
