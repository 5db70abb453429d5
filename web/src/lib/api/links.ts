/** Links: what the household is connected to. */

import { act, read } from "./call";
import type { components } from "./schema";

export type Status = components["schemas"]["Status"];

export interface Source {
  entity: string;
  attribute?: string | null;
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
}

export const list = () => read<{ links: Status[] }>("links/list");
export const remove = (id: string) => act("links/remove", { id });
export const retry = (id: string) => act("links/retry", { id });

/** Where the browser has to go to sign in at Home Assistant's own page. */
export async function signIn(url: string, name: string, id?: string): Promise<string> {
  return (await act<{ url: string }>("links/sign_in", { link: "homeassistant", url, back: location.origin, name, id })).url;
}

export const finish = (answer: Record<string, string>) => act<Status>("links/finish", { answer });

export const addByToken = (url: string, name: string, token: string) =>
  act<Status>("links/add", { link: "homeassistant", name, config: { url }, secrets: { token } });

export async function cars(id: string): Promise<Suggestion[]> {
  const { answer } = await read<{ answer: { suggestions: Suggestion[] } }>("links/cars", { id });
  return answer.suggestions;
}

export const mapCar = (id: string, car: Car) => act("links/map_car", { id, car });

/** Demo only. */
export const steer = (id: string, orders: object) => act<{ answer: Record<string, unknown> }>("links/steer", { id, orders });
