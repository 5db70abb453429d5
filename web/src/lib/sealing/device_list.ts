/** The device list: what one says, and whether it can be one at all. The same as `wayhome/sealing/device_list.py`; both
 *  are held to `tests/sealing/vectors.json`. */

import { bytesOf, hex, sha256, utf8 } from "./bytes";
import { isPoint } from "./signing";

export interface Signed {
  /** The very text that was signed. */
  readonly body: string;
  readonly signature: string;
}

export interface Member {
  readonly id: string;
  readonly kind: "hub" | "screen" | "paper";
  readonly sign: string;
  readonly open: string;
  readonly wrap: string;
  readonly person?: string | null;
  readonly signs?: boolean;
  /** It is an owner's screen, which vouches for who comes in. */
  readonly owner?: boolean;
}

/** An owner's screen lets a member in. It counts for one version: the signature names the hash of the one before. */
export interface Vouch {
  readonly member: string;
  readonly by: string;
  readonly signature: string;
}

export interface DeviceList {
  readonly version: number;
  readonly before: string;
  readonly epoch: number;
  readonly mark: string;
  readonly keeper: string;
  readonly signer: string;
  readonly members: readonly Member[];
  readonly past: string;
  readonly made: number;
  /** From here on who comes in is vouched for. */
  readonly bound: boolean;
  readonly vouches: readonly Vouch[];
}

export const PURPOSE = "wayhome list 1\n";
const VOUCH = "wayhome vouch 1\n";
export const FIRST = "0".repeat(64);
const MEMBERS = 100;
const BYTES = 60_000;
const WRAP = 113;
export const PAST = 60;
const ID = /^[a-z0-9][a-z0-9.-]{0,79}$/;
const HASH = /^[0-9a-f]{64}$/;
const FIELDS = ["version", "before", "epoch", "mark", "keeper", "signer", "members", "past", "made", "bound", "vouches"];
const OF_MEMBER = ["id", "kind", "sign", "open", "wrap", "person", "signs", "owner"];
const OF_VOUCH = ["member", "by", "signature"];
/** Fields that count, and a number behind its name. */
const COUNTS = ["version", "epoch"];
const NUMBERED = /("(?:[^"\\]|\\.)*")\s*:\s*(-?[\d.eE+-]+)/g;
const KINDS = ["hub", "screen", "paper"];

export async function hashOf(signed: Signed): Promise<string> {
  return hex(await sha256(utf8(PURPOSE + signed.body)));
}

export const member = (list: DeviceList, id: string): Member | undefined => list.members.find((one) => one.id === id);

/** Whether it is the same device, with the same keys. */
export const same = (one: Omit<Member, "wrap">, other: Omit<Member, "wrap">): boolean => one.id === other.id && one.kind === other.kind && one.sign === other.sign && one.open === other.open;

/** Whether it is the same device of the same person, and may do no more than it might. */
export const atMost = (one: Member, known: Member): boolean => same(one, known) && (one.person ?? null) === (known.person ?? null) && (!one.owner || !!known.owner) && (!one.signs || !!known.signs);

/** What an owner's screen signs to have it in the version after the one with that hash. */
export const vouched = (one: Omit<Member, "wrap">, before: string): string =>
  VOUCH + [before, one.id, one.kind, one.person ?? "", one.sign, one.open, one.owner ? "owner" : "", one.signs ? "signs" : ""].join("\n");

/** What a list says; undefined: it can't be one. */
export async function readList(signed: Signed): Promise<DeviceList | undefined> {
  if (typeof signed.body !== "string" || signed.body.length > BYTES) return undefined;
  let said: unknown;
  try {
    if (!whole(signed.body)) return undefined;
    said = JSON.parse(signed.body);
  } catch {
    return undefined;
  }
  if (!fits(said, FIELDS)) return undefined;
  const list = { past: "", made: 0, bound: false, vouches: [], ...said } as unknown as DeviceList;
  return formed(list) && (await sound(list)) ? list : undefined;
}

/** Whether what counts is written as a whole number: `7.0`, which JSON takes for 7, is none to the hubs. Throws SyntaxError. */
function whole(body: string): boolean {
  const counts = (name: string) => COUNTS.includes(JSON.parse(name) as string);
  return [...body.matchAll(NUMBERED)].every(([, name, number]) => !counts(name!) || /^\d+$/.test(number!));
}

function fits(said: unknown, fields: readonly string[]): said is Record<string, unknown> {
  return typeof said === "object" && said !== null && !Array.isArray(said) && Object.keys(said).every((name) => fields.includes(name));
}

const counted = (value: unknown, least: number): value is number => Number.isInteger(value) && (value as number) >= least && (value as number) < 2 ** 31;
const texts = (...values: unknown[]): boolean => values.every((value) => typeof value === "string");

/** Whether every field is of its kind. */
function formed(list: DeviceList): boolean {
  if (!counted(list.version, 1) || !counted(list.epoch, 1) || !Number.isFinite(list.made) || !texts(list.before, list.mark, list.keeper, list.signer, list.past)) return false;
  if (!Array.isArray(list.members) || !Array.isArray(list.vouches) || typeof list.bound !== "boolean") return false;
  if (!list.vouches.every((one: unknown) => fits(one, OF_VOUCH) && texts(one["member"], one["by"], one["signature"]))) return false;
  return list.members.every(
    (one: unknown) =>
      fits(one, OF_MEMBER) &&
      texts(one["id"], one["kind"], one["sign"], one["open"], one["wrap"]) &&
      KINDS.includes(one["kind"] as string) &&
      (one["person"] === undefined || one["person"] === null || typeof one["person"] === "string") &&
      [one["signs"], one["owner"]].every((may) => may === undefined || typeof may === "boolean"),
  );
}

async function sound(list: DeviceList): Promise<boolean> {
  const { members } = list;
  if (list.epoch > list.version || members.length === 0 || members.length > MEMBERS) return false;
  if (!HASH.test(list.before) || !HASH.test(list.mark)) return false;
  if ((list.epoch === 1) !== (list.past === "") || (list.past !== "" && bytesOf(list.past, PAST) === undefined)) return false;
  if (member(list, list.keeper)?.kind !== "hub" || !members.some((one) => one.signs)) return false;
  if (new Set(members.map((one) => one.id)).size !== members.length || new Set(members.map((one) => one.sign)).size !== members.length) return false;
  if (!members.every((one) => ID.test(one.id) && (one.person === undefined || one.person === null || ID.test(one.person)) && bytesOf(one.wrap, WRAP) !== undefined)) return false;
  if (members.some((one) => one.owner && !(list.bound && one.kind === "screen" && typeof one.person === "string"))) return false;
  if (new Set(list.vouches.map((one) => one.member)).size !== list.vouches.length || (list.vouches.length > 0 && !list.bound)) return false;
  if (!list.vouches.every((one) => ID.test(one.member) && ID.test(one.by) && bytesOf(one.signature, 64) !== undefined)) return false;
  const points = await Promise.all(members.flatMap((one) => [isPoint(one.sign), isPoint(one.open)]));
  return points.every(Boolean);
}
