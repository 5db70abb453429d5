import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { base64url, bytesOf, hex, joined, utf8, type Bytes } from "../src/lib/sealing/bytes";
import { begun, grown, judge, keyOf, shorter as cut, type Chain } from "../src/lib/sealing/chain";
import { vouched, type Member, type Signed } from "../src/lib/sealing/device_list";
import { content, seal, sent } from "../src/lib/sealing/frame";
import { hpke } from "../src/lib/sealing/group_key";
import { of as codeOn, printed } from "../src/lib/sealing/paper";
import { OPENS, SIGNS } from "../src/lib/sealing/signing";
import { signsOf } from "../src/lib/sealing/signs";

type Refused = Signed & { why: string };
/** What follows a version, and what does not. */
interface Later {
  after: number;
  taken: Signed[];
  refused: Refused[];
}

interface Vectors {
  anchor: string;
  members: Record<string, { sign: JsonWebKey; open: JsonWebKey }>;
  lists: Signed[];
  hashes: string[];
  refused: (Signed & { why: string })[];
  epochs: Record<string, string>;
  record: { kind: string; id: string };
  vouched: {
    anchor: string;
    lists: Signed[];
    after: number;
    refused: (Signed & { why: string })[];
    vouch: { before: string; member: Member; text: string };
    signs: { sign: string; open: string; shown: string };
    ownerless: Later;
    by_paper: Later;
  };
  paper: { secret: string; code: string };
  anew: { anchor: string; lists: Signed[]; after: number; refused: Refused[] };
  frames: { frame: string; sender?: string; counter?: number; epoch?: number; content?: string; why?: string }[];
}

/** What the hub's own code wrote, and reads too: tests/sealing/test_vectors.py. */
const vectors = JSON.parse(readFileSync("../tests/sealing/vectors.json", "utf8")) as Vectors;
const raw = (text: string): Bytes => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
const ofHex = (text: string): Bytes => Uint8Array.from(text.match(/../g)!, (two) => parseInt(two, 16));

/** A member's pair that opens. Its private half can't be read, as in a browser. */
async function opener(id: string): Promise<CryptoKeyPair> {
  const open = { ...vectors.members[id]!.open, d: undefined };
  return {
    privateKey: await crypto.subtle.importKey("jwk", vectors.members[id]!.open, OPENS, false, ["deriveBits"]),
    publicKey: await crypto.subtle.importKey("jwk", open, OPENS, true, []),
  };
}

describe("sealing, as the hub does it", () => {
  let chain: Chain;
  let shorter: Chain;

  beforeAll(async () => {
    chain = begun(vectors.anchor);
    for (const one of vectors.lists) {
      expect(await judge(chain, one)).toBeUndefined();
      shorter = chain;
      chain = await grown(chain, one);
    }
  });

  it("follows the same history, and refuses what the hub refuses, for the same reason", async () => {
    expect(chain.hashes).toEqual(vectors.hashes);
    for (const one of vectors.refused) expect([await judge(chain, one), await judge(shorter, one)], one.why).toContain(one.why);
    expect(await judge(begun("0".repeat(32)), vectors.lists[0]!)).toBe("stranger");
  });

  it("lets nobody in for whom no owner's screen has signed, as the hub does not", async () => {
    const said = vectors.vouched;
    let chain = begun(said.anchor);
    for (const [at, one] of said.lists.entries()) {
      if (at === said.after) for (const [nth, other] of said.refused.entries()) expect(await judge(chain, other), `the list ${nth}`).toBe(other.why);
      expect(await judge(chain, one), `version ${at + 1}`).toBeUndefined();
      chain = await grown(chain, one);
    }
    for (const later of [said.ownerless, said.by_paper]) {
      const then = cut(chain, later.after);
      for (const one of later.taken) expect(await judge(then, one)).toBeUndefined();
      for (const [nth, one] of later.refused.entries()) expect(await judge(then, one), `${later.after}, the list ${nth}`).toBe(one.why);
    }
    expect(vouched(said.vouch.member, said.vouch.before)).toBe(said.vouch.text);
    expect(await signsOf(said.signs.sign, said.signs.open)).toBe(said.signs.shown);
    expect(await signsOf(said.signs.sign, "AAAA")).toBeUndefined();
  });

  it("lets one owner's screen in and nobody else where the group was begun anew, as the hub does", async () => {
    const said = vectors.anew;
    let chain = begun(said.anchor);
    for (const [at, one] of said.lists.entries()) {
      if (at === said.after) for (const [nth, other] of said.refused.entries()) expect(await judge(chain, other), `the list ${nth}`).toBe(other.why);
      expect(await judge(chain, one), `version ${at + 1}`).toBeUndefined();
      chain = await grown(chain, one);
    }
  });

  it("opens each epoch's key for those who have it, with keys that can't be read, and for nobody else", async () => {
    for (const id of Object.keys(vectors.members)) {
      const mine = await opener(id);
      const found = await Promise.all(Object.keys(vectors.epochs).map((epoch) => keyOf(chain, Number(epoch), id, mine)));
      const due = Object.entries(vectors.epochs).map(([epoch, key]) => (id === "tablet" && epoch === "2" ? undefined : key));
      expect(found.map((key) => key && hex(key)), id).toEqual(due);
    }
  });

  it("opens RFC 9180's own vector, with a key that can't be read", async () => {
    const rfc = JSON.parse(readFileSync("../tests/sealing/rfc9180.json", "utf8")) as Record<"skRm" | "pkRm" | "info" | "enc" | "pt" | "aad" | "ct", string>;
    const point = ofHex(rfc.pkRm);
    const jwk = { kty: "EC", crv: "P-256", x: base64url(point.slice(1, 33)), y: base64url(point.slice(33)) };
    const recipientKey = {
      privateKey: await crypto.subtle.importKey("jwk", { ...jwk, d: base64url(ofHex(rfc.skRm)) }, OPENS, false, ["deriveBits"]),
      publicKey: await crypto.subtle.importKey("jwk", jwk, OPENS, true, []),
    };
    const open = async (info: Bytes) => (await hpke()).open({ recipientKey, enc: ofHex(rfc.enc), info }, ofHex(rfc.ct), ofHex(rfc.aad));
    expect(hex(await open(ofHex(rfc.info)))).toBe(rfc.pt);
    await expect(open(utf8("another"))).rejects.toThrow();
  });

  it("reads frames, and refuses the bad ones", async () => {
    const { kind, id } = vectors.record;
    for (const one of vectors.frames) {
      const header = await sent(raw(one.frame), kind, id, chain);
      const opened = typeof header === "string" ? header : await content(raw(one.frame), ofHex(vectors.epochs[header.epoch]!));
      if (one.why !== undefined) expect(opened).toBe(one.why);
      else {
        expect(header).toMatchObject({ sender: one.sender, counter: one.counter, epoch: one.epoch });
        expect(new TextDecoder().decode(opened as Bytes)).toBe(one.content);
      }
    }
    expect(await content(raw(vectors.frames[0]!.frame), undefined)).toBe("no_key");
  });

  it("seals what it opens, and any flipped bit is refused", async () => {
    const key = ofHex(vectors.epochs["2"]!);
    const sign = await crypto.subtle.importKey("jwk", vectors.members["phone"]!.sign, SIGNS, false, ["sign"]);
    const header = { kind: "clip", record: "mei:1", sender: "phone", epoch: 2, counter: Date.now() };
    const data = await seal(header, utf8("你好 🚗"), key, sign);
    expect(await sent(data, "clip", "mei:1", chain)).toEqual(header);
    expect(await content(data, key)).toEqual(utf8("你好 🚗"));
    for (let bit = 0; bit < data.length * 8; bit += 7) {
      const bad = data.slice();
      bad[bit >> 3]! ^= 1 << (bit & 7);
      expect(typeof (await sent(bad, "clip", "mei:1", chain)), String(bit)).toBe("string");
    }
    await expect(seal(header, new Uint8Array(50_000), key, sign)).rejects.toThrow(RangeError);
  });

  it("makes the code on paper that the hub's own code makes of the same bytes, and its keys", async () => {
    const made = await codeOn(ofHex(vectors.paper.secret));
    expect(made.code).toBe(vectors.paper.code);
    const point = ({ x, y }: JsonWebKey) => base64url(joined(Uint8Array.from([4]), bytesOf(x)!, bytesOf(y)!));
    const { sign, open } = vectors.members["paper"]!;
    expect([made.told.sign, made.told.open]).toEqual([point(sign), point(open)]);
    const other = await printed();
    expect(other.code).toMatch(/^([0-9A-HJKMNP-TV-Z]{5}-){6}[0-9A-HJKMNP-TV-Z]{5}$/);
  });

  it("a text of base64url has one sequence of bytes and the other way round", () => {
    for (const size of [0, 1, 2, 3, 4, 65]) {
      const data = crypto.getRandomValues(new Uint8Array(size));
      expect(bytesOf(base64url(data), size)).toEqual(data);
    }
    for (const wrong of ["A", "AA=", "AB", "A+/B", "ä", 7, null]) expect(bytesOf(wrong), String(wrong)).toBeUndefined();
    expect(bytesOf("AAAA", 2)).toBeUndefined();
    expect(joined(utf8("a"), utf8("bc"))).toEqual(utf8("abc"));
  });
});
