/** A hub for tests that tells an owner's screen who waits, and screens with the keys of the vectors. */

import { readFileSync } from "node:fs";
import { vi } from "vitest";
import { base64url } from "../src/lib/sealing/bytes";
import { change, forget, type Box } from "../src/lib/sealing/box";
import type { Signed } from "../src/lib/sealing/device_list";
import { Group } from "../src/lib/sealing/group.svelte";
import { OPENS, SIGNS } from "../src/lib/sealing/signing";

export interface Vectors {
  anchor: string;
  members: Record<string, { sign: JsonWebKey; open: JsonWebKey }>;
  lists: Signed[];
  after: number;
  refused: (Signed & { why: string })[];
  vouch: { before: string };
}

export const { vouched: vectors } = JSON.parse(readFileSync("../tests/sealing/vectors.json", "utf8")) as { vouched: Vectors };
export const WIN = { isSecureContext: true } as Window & typeof globalThis;

export interface Waits {
  id: string;
  kind: "hub" | "screen" | "paper";
  person: string | null;
  sign: string;
  open: string;
  signs: boolean;
  owner: boolean;
  name: string;
  proof: string;
  refused: boolean;
}

/** A hub that says who waits, and keeps what is said to it. */
export class Hub {
  lists = vectors.lists.slice(0, vectors.after);
  head = vectors.vouch.before;
  waiting: Waits[] = [];
  vouched: Record<string, string>[] = [];
  said: Record<string, string>[] = [];
  /** Why nothing can be signed for somebody at the moment, by id. */
  trouble: Record<string, string> = {};

  answer(path: string, body: Record<string, unknown>): unknown {
    const [what, query] = path.split("?");
    const status = { state: "in", member: "hub.home", version: this.lists.length, epoch: 2, head: this.head, anchor: vectors.anchor, keeper: "hub.home", forked: 0 };
    if (what === "api/keys/chain") return { lists: this.lists.slice(Number(new URLSearchParams(query).get("version"))), status };
    if (what === "api/keys/waiting") return { head: this.head, waiting: this.waiting };
    const code = what === "api/keys/vouch" && this.trouble[String(body["member"])];
    if (code) return { code, detail: "", status: 403 };
    if (what === "api/keys/vouch") this.vouched.push(body as Record<string, string>);
    if (what === "api/keys/say" || what === "api/keys/paper") this.said.push(body as Record<string, string>);
    return { done: true };
  }
}

/** Nobody is signed in on this browser yet, and this hub answers. */
export async function begin(): Promise<Hub> {
  await forget();
  const hub = new Hub();
  vi.stubGlobal("fetch", (path: string, init: RequestInit) => {
    const told = hub.answer(path, init.body ? (JSON.parse(String(init.body)) as Record<string, unknown>) : {}) as { code?: string };
    return Promise.resolve(new Response(JSON.stringify(told), { status: told.code ? 403 : 200 }));
  });
  return hub;
}

export async function member(id: string): Promise<Group> {
  const pair = async (use: "sign" | "open", how: typeof SIGNS | typeof OPENS, mine: KeyUsage[], theirs: KeyUsage[]): Promise<CryptoKeyPair> => ({
    privateKey: await crypto.subtle.importKey("jwk", vectors.members[id]![use], how, false, mine),
    publicKey: await crypto.subtle.importKey("jwk", { ...vectors.members[id]![use], d: undefined, key_ops: undefined }, how, true, theirs),
  });
  const box: Box = { device: id, sign: await pair("sign", SIGNS, ["sign"], ["verify"]), open: await pair("open", OPENS, ["deriveBits"], []), counter: 0, seen: {} };
  await change(() => box);
  return new Group(id, WIN, () => vectors.anchor);
}

/** Somebody with keys of their own. */
export async function stranger(more: Partial<Waits> = {}): Promise<Waits> {
  const raw = async (how: typeof SIGNS | typeof OPENS, use: KeyUsage[]) => {
    const { publicKey } = (await crypto.subtle.generateKey(how, false, use)) as CryptoKeyPair;
    return base64url(await crypto.subtle.exportKey("raw", publicKey));
  };
  return { id: "tablet", kind: "screen", person: "mei", sign: await raw(SIGNS, ["sign"]), open: await raw(OPENS, ["deriveBits"]), signs: false, owner: false, name: "Mei's iPad", proof: "", refused: false, ...more };
}

export const whom = ({ kind, sign, open, person, owner, signs }: Waits) => ({ kind, sign, open, person, owner, signs });
