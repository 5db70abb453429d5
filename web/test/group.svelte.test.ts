import "fake-indexeddb/auto";
import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { base64url, bytesOf, utf8 } from "../src/lib/sealing/bytes";
import { boxOf, change, forget, type Box } from "../src/lib/sealing/box";
import type { Signed } from "../src/lib/sealing/device_list";
import { Group } from "../src/lib/sealing/group.svelte";
import { isSigned, OPENS, SIGNS } from "../src/lib/sealing/signing";

interface Vectors {
  anchor: string;
  members: Record<string, { sign: JsonWebKey; open: JsonWebKey }>;
  lists: Signed[];
  hashes: string[];
  refused: (Signed & { why: string })[];
}

const vectors = JSON.parse(readFileSync("../tests/sealing/vectors.json", "utf8")) as Vectors;
const WIN = { isSecureContext: true } as Window & typeof globalThis;
const ALL = vectors.lists.length;

/** A hub that shows lists as a test says. */
class Hub {
  lists = vectors.lists;
  anchor = vectors.anchor;
  head: string | undefined;
  takes = true;
  fresh = true;
  given: Signed[] = [];
  said: Record<string, string>[] = [];

  get status() {
    const version = this.lists.length;
    return { state: "in", member: "hub.home", version, epoch: 2, head: this.head ?? vectors.hashes[version - 1] ?? "", anchor: this.anchor, keeper: "hub.home", forked: 0 };
  }

  answer(path: string, body: Record<string, unknown>): unknown {
    const [what, query] = path.split("?");
    if (what === "api/keys/chain") return { lists: this.lists.slice(Number(new URLSearchParams(query).get("version"))), status: this.status };
    if (what === "api/keys/give") {
      this.given.push(...(body["lists"] as Signed[]));
      if (this.takes) this.lists = [...this.lists, ...(body["lists"] as Signed[])];
      return { taken: this.takes ? this.given.length : 0, refused: null };
    }
    this.said.push(body as Record<string, string>);
    return this.fresh ? { done: true } : undefined;
  }
}

let hub: Hub;
beforeEach(async () => {
  await forget();
  hub = new Hub();
  vi.stubGlobal("fetch", (path: string, init: RequestInit) => {
    const found = hub.answer(path, init.body ? (JSON.parse(String(init.body)) as Record<string, unknown>) : {});
    const refused = { code: "fresh_sign_in_needed", detail: "", status: 403 };
    return Promise.resolve(new Response(JSON.stringify(found ?? refused), { status: found === undefined ? 403 : 200 }));
  });
});

/** A screen that has the keys of a member of the vectors. */
async function member(id: string): Promise<Group> {
  const pair = async (use: "sign" | "open", how: typeof SIGNS | typeof OPENS, mine: KeyUsage[], theirs: KeyUsage[]): Promise<CryptoKeyPair> => ({
    privateKey: await crypto.subtle.importKey("jwk", vectors.members[id]![use], how, false, mine),
    publicKey: await crypto.subtle.importKey("jwk", { ...vectors.members[id]![use], d: undefined, key_ops: undefined }, how, true, theirs),
  });
  const box: Box = { device: id, sign: await pair("sign", SIGNS, ["sign"], ["verify"]), open: await pair("open", OPENS, ["deriveBits"], []), counter: 0, seen: {} };
  await change(() => box);
  return new Group(id, WIN);
}

describe("a screen and its group", () => {
  it("belongs to it, seals and opens; nothing older takes a place", async () => {
    const phone = await member("phone");
    await phone.settle();
    expect([phone.standing, phone.version]).toEqual(["in", ALL]);
    const older = await phone.seal("clip", "mei:1", { text: "older" });
    const newer = await phone.seal("clip", "mei:1", { text: "newer" });
    expect(await phone.open("clip", "mei:1", newer)).toEqual({ text: "newer", sender: "phone", said: { text: "newer" } });
    expect(await phone.open("clip", "mei:1", older)).toEqual({ why: "replayed" });
    expect(await phone.open("clip", "mei:2", newer)).toEqual({ why: "other" });
    // Another page of this device remembers it, too, and so does this one after a reload.
    const again = new Group("phone", WIN);
    await again.settle();
    expect(await again.open("clip", "mei:1", older)).toEqual({ why: "replayed" });
    const watch = await member("watch");
    await watch.settle();
    expect(await watch.open("clip", "mei:1", newer)).toEqual({ text: "newer", sender: "phone", said: { text: "newer" } });
    // Who was put out neither belongs to it nor opens what was sealed then, with its real keys.
    const tablet = await member("tablet");
    await tablet.settle();
    expect(tablet.standing).toBe("waiting");
    expect(await tablet.open("clip", "mei:1", newer)).toEqual({ why: "no_key" });
    await expect(tablet.seal("clip", "mei:1", { text: "x" })).rejects.toThrow("group");
  });

  it("never goes back: a hub that lost lists gets them from it", async () => {
    const phone = await member("phone");
    await phone.settle();
    hub.lists = vectors.lists.slice(0, 3);
    await phone.settle();
    expect(hub.given).toEqual(vectors.lists.slice(3));
    expect([phone.standing, phone.version]).toEqual(["in", ALL]);
    hub.lists = vectors.lists.slice(0, 3);
    hub.takes = false;
    await phone.settle();
    expect([phone.standing, phone.version]).toEqual(["old", ALL]);
    await expect(phone.seal("clip", "mei:1", { text: "x" })).rejects.toThrow("group");
  });

  it("says so where it is shown another list, and takes none", async () => {
    const phone = await member("phone");
    await phone.settle();
    hub.head = "f".repeat(64);
    await phone.settle();
    expect([phone.standing, phone.version]).toEqual(["forked", ALL]);
    hub.head = undefined;
    hub.lists = [...vectors.lists, vectors.refused.find((one) => one.why === "fork")!];
    await phone.settle();
    expect([phone.standing, phone.version]).toEqual(["forked", ALL]);
    hub = new Hub();
    hub.anchor = "0".repeat(32);
    await phone.settle();
    expect([phone.standing, phone.version]).toEqual(["stranger", ALL]);
  });

  it("an invitation's link counts before the hub's word", async () => {
    const told = new Group("new", WIN, () => "1".repeat(32));
    await told.settle();
    expect([told.standing, told.version, hub.said]).toEqual(["stranger", 0, []]);
  });

  it("says its keys once, signed by itself, and waits; others in their place ask for a fresh sign-in", async () => {
    const fresh = new Group("01new", WIN);
    await fresh.settle();
    expect(fresh.standing).toBe("waiting");
    const [{ sign, open, signature }] = hub.said as [{ sign: string; open: string; signature: string }];
    const said = utf8(["wayhome keys 1", "01new", sign, open].join("\n"));
    expect(await isSigned(sign, bytesOf(signature)!, said)).toBe(true);
    const box = await boxOf("01new");
    await expect(crypto.subtle.exportKey("jwk", box.sign.privateKey)).rejects.toThrow();
    expect(sign).toBe(base64url(await crypto.subtle.exportKey("raw", box.sign.publicKey)));
    hub.fresh = false;
    await fresh.settle();
    expect(fresh.standing).toBe("fresh");
    // Another device on this browser has keys of its own.
    const other = await boxOf("02new");
    expect(base64url(await crypto.subtle.exportKey("raw", other.sign.publicKey))).not.toBe(sign);
    expect(other.chain).toBeUndefined();
  });

  it("says so where other keys stand in its place, and says its own then only after a fresh sign-in", async () => {
    // The vectors' phone, in a browser that has its signing key and another one that opens: as a hub that swaps it.
    for (const use of ["open", "sign"] as const) {
      const phone = await member("phone");
      await phone.settle();
      expect(phone.standing).toBe("in");
      const box = (await boxOf("phone"))!;
      const newest = box.chain!.lists.at(-1)!;
      const other = vectors.members["watch"]![use];
      const raw = (text: string) => [...bytesOf(text)!];
      const key = base64url(Uint8Array.from([4, ...raw(other.x!), ...raw(other.y!)]));
      const swapped = { ...newest, version: ALL + 1, members: newest.members.map((one) => (one.id === "phone" ? { ...one, [use]: key } : one)) };
      await change((kept) => ({ ...kept!, chain: { ...kept!.chain!, lists: [...kept!.chain!.lists, swapped], signed: [...kept!.chain!.signed, kept!.chain!.signed[0]!], hashes: [...kept!.chain!.hashes, "f"] } }));
      hub.lists = [...vectors.lists, vectors.lists[0]!];
      hub.head = "f";
      const again = new Group("phone", WIN);
      await again.settle();
      expect([use, again.standing, hub.said]).toEqual([use, "replaced", []]);
      await again.settle(true);
      expect([again.standing, hub.said.length]).toEqual(["waiting", 1]);
      hub = new Hub();
    }
  });

  it("keeps nothing of what was signed out by another page of this browser", async () => {
    const phone = await member("phone");
    await phone.settle();
    const sealed = await phone.seal("clip", "mei:1", { text: "one" });
    await forget();
    await phone.open("clip", "mei:1", sealed);
    await phone.prune(new Set());
    await expect(phone.seal("clip", "mei:1", { text: "x" })).rejects.toThrow();
    expect(await change((box) => box)).toBeUndefined();
  });

  it("says so where the browser keeps nothing", async () => {
    vi.stubGlobal("indexedDB", { open: () => { throw new DOMException("not in a private window", "InvalidStateError"); } });
    try {
      const kept = new Group("phone", WIN);
      await kept.settle();
      expect(kept.standing).toBe("unkept");
    } finally {
      vi.stubGlobal("indexedDB", new IDBFactory());
    }
  });

  it("an address that is not a secured one, and a household without a group", async () => {
    const unsafe = new Group("phone", { isSecureContext: false } as Window & typeof globalThis);
    await unsafe.settle();
    expect(unsafe.standing).toBe("unsafe");
    hub.lists = [];
    hub.anchor = "";
    const none = new Group("phone", WIN);
    await none.settle();
    expect(none.standing).toBe("none");
  });
});
