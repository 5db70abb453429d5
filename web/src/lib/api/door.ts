/** The household's doors: first run, signing in, pairing. */

import { act, read } from "./call";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type DoorState = Schemas["DoorState"];
/** What a new device shows, and the key that it polls with. */
export type Offer = Schemas["ShownAsk"];
export type DemoPerson = Schemas["DemoPerson"];

export const demoPeople = () => read<{ people: DemoPerson[] }>("door/demo");

export const beInDemo = (person: string) => act("door/demo", { person });

export interface Arrival {
  name: string;
  kind: "browser" | "phone" | "tablet" | "car" | "watch" | "tv";
}

interface Ceremony {
  ceremony: string;
  options: PublicKeyCredentialCreationOptionsJSON | PublicKeyCredentialRequestOptionsJSON;
}

export const state = () => read<DoorState>("door", {}, 6_000);

export interface Founding {
  name: string;
  household?: string;
  code?: string;
  password?: string;
  ceremony?: string;
  credential?: unknown;
}

export const found = (owner: Founding, arrival: Arrival) => act("door/owner", { ...owner, device: arrival });

export const password = (name: string, secret: string, arrival: Arrival) => act("door/password", { name, password: secret, device: arrival });

export const ask = (arrival: Arrival, keys?: Schemas["PublicKeys"]) => act<Offer>("door/pair/ask", { device: arrival, ...(keys && { keys }) });

/** True once somebody let this device in. */
export async function poll(key: string): Promise<boolean> {
  return (await act<{ state: string }>("door/pair/poll", { key })).state === "in";
}

export const accept = (how: { key?: string; code?: string }, arrival: Arrival) => act("door/pair/accept", { ...how, device: arrival });

/** `sure`: also where it is the last owner's screen. */
export const out = (sure: boolean) => act(sure ? "door/out?sure=true" : "door/out", {});

/** Whether this page may use passkeys at all. */
export function passkeysHere(): boolean {
  return isSecureContext && typeof PublicKeyCredential === "function" && "parseRequestOptionsFromJSON" in PublicKeyCredential;
}

/** Sign in with a passkey that this device has. */
export async function passkey(arrival: Arrival): Promise<void> {
  const { ceremony, options } = await act<Ceremony>("door/passkey/options", {});
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options as PublicKeyCredentialRequestOptionsJSON);
  const credential = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential | null;
  await act("door/passkey/verify", { ceremony, credential: credential?.toJSON(), device: arrival });
}

/** Make a passkey for the first owner. */
export async function foundWithPasskey(owner: Founding, arrival: Arrival): Promise<void> {
  const { ceremony, options } = await act<Ceremony>("door/owner/options", { name: owner.name, code: owner.code });
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options as PublicKeyCredentialCreationOptionsJSON);
  const credential = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential | null;
  await found({ ...owner, ceremony, credential: credential?.toJSON() }, arrival);
}

/** Add a passkey of this device for who is signed in. */
export async function addPasskey(name: string): Promise<void> {
  const { ceremony, options } = await act<Ceremony>("door/passkey/add/options", {});
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options as PublicKeyCredentialCreationOptionsJSON);
  const credential = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential | null;
  await act("door/passkey/add/verify", { ceremony, credential: credential?.toJSON(), name });
}

/** What to call this device, from what the browser says of itself. */
export function arrival(agent: string, face: string): Arrival {
  const system = /Android/.test(agent) ? "Android" : /iPhone|iPad/.test(agent) ? "Apple" : /Windows/.test(agent) ? "Windows" : /Mac OS/.test(agent) ? "Mac" : /Linux/.test(agent) ? "Linux" : "";
  const browser = /Edg\//.test(agent) ? "Edge" : /Firefox\//.test(agent) ? "Firefox" : /Chrome\//.test(agent) ? "Chrome" : /Safari\//.test(agent) ? "Safari" : "Browser";
  // A small window of a car's browser or a computer is no phone: what is carried says so itself.
  const carried = /Mobi|iPhone|iPod|Watch|Wear/.test(agent) || (face === "watch" && /Android|Tizen/.test(agent));
  const kind = face === "tablet" || (carried && (face === "phone" || face === "watch")) ? face : "browser";
  return { name: [browser, system].filter(Boolean).join(", "), kind };
}
