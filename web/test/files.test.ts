import { createDecipheriv, createHash, createHmac, hkdfSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { hex, joined } from "../src/lib/sealing/bytes";
import { safe } from "../src/panels/files/names";
import { Bench, freshKey, keysOf, open, PIECE, seal as sealed, told, whole, type Keys } from "../src/panels/files/pieces";

const ID = "anna:01jd0000000000000000000000";
const bytes = (text: string) => new TextEncoder().encode(text);
const bench = new Bench();
/** All on one bench, as a screen seals them, so that one that is still on its way would show. */
async function seal(keys: Keys, id: string, index: number, size: number, content: Uint8Array<ArrayBuffer>) {
  const made = await sealed(keys, id, index, size, content, bench);
  return { ...made, piece: new Uint8Array(await made.piece.arrayBuffer()) };
}
const opened = async (...of: Parameters<typeof open>) => Buffer.concat((await open(...of)).parts).toString();
const hash = (...parts: Uint8Array[]) => createHash("sha256").update(Buffer.concat(parts)).digest();

describe("pieces of a file", () => {
  it("are what docs/reference/sealing.md says, by another implementation", async () => {
    const key = freshKey();
    const content = bytes("the road is cool, home is warm");
    const { piece, digest, inner } = await seal(await keysOf(key), ID, 3, 99, content);
    expect(Buffer.from(digest)).toEqual(hash(piece));
    expect(Buffer.from(inner)).toEqual(hash(content));
    const of = (use: string) => Buffer.from(hkdfSync("sha256", Buffer.from(key, "base64url"), "", `wayhome file 2\n${use}`, 32));
    const nonce = createHmac("sha256", of("nonce")).update("24\n").update(hash(content)).digest().subarray(0, 12);
    expect(Buffer.from(piece.subarray(0, 12))).toEqual(nonce);
    const opening = createDecipheriv("aes-256-gcm", of("seal"), nonce).setAAD(Buffer.from(`wayhome file 2\n${ID}\n24\n99`)).setAuthTag(piece.subarray(-16));
    expect(Buffer.concat([opening.update(piece.subarray(12, -16)), opening.final()]).toString()).toBe("the road is cool, home is warm");
    expect(await whole([inner, digest])).toBe(hash(inner, digest).toString("hex"));
    expect(await whole([])).toBe(hash().toString("hex"));
  });

  it("are what the hub seals for a phone: tests/sealing/test_pieces.py", async () => {
    const { file } = JSON.parse(readFileSync("../tests/sealing/vectors.json", "utf8")) as { file: { key: string; id: string; size: number; hash: string; root: string; pieces: { content: string; piece: string }[]; long: { unit: string; times: number; index: number; digest: string; inner: string } } };
    const keys = await keysOf(file.key);
    const all = [];
    for (const [index, { content, piece }] of file.pieces.entries()) {
      const sealed = await seal(keys, file.id, index, file.size, bytes(content));
      expect(Buffer.from(sealed.piece).toString("base64")).toBe(piece);
      expect(await opened(keys, file.id, index, file.size, sealed.piece)).toBe(content);
      all.push(sealed);
    }
    expect(await whole(all.map((one) => one.inner))).toBe(file.hash);
    expect(await whole(all.map((one) => one.digest))).toBe(file.root);
    // Of two parts, the second one short.
    const { unit, times, index, digest, inner } = file.long;
    const long = await seal(keys, file.id, index, 5_000_000, bytes(unit.repeat(times)));
    expect([hex(long.digest), hex(long.inner)]).toEqual([digest, inner]);
    const { parts, inner: read } = await open(keys, file.id, index, 5_000_000, long.piece);
    expect([parts.map((part) => part.length), hex(read)]).toEqual([[512 * 1024, unit.length], inner]);
    // Its parts can't change places, and none can be taken for another piece's.
    const [first, second] = [long.piece.slice(0, 28 + 512 * 1024), long.piece.slice(28 + 512 * 1024)];
    for (const wrong of [joined(second, first), joined(first, first), second]) await expect(open(keys, file.id, index, 5_000_000, wrong)).rejects.toThrow();
  });

  it("open in their own place only, and unchanged", async () => {
    const keys = await keysOf(freshKey());
    const content = bytes("one");
    const { piece } = await seal(keys, ID, 0, 3, content);
    expect(await opened(keys, ID, 0, 3, piece)).toBe("one");
    const changed = piece.slice();
    changed[20]! ^= 1;
    const other = await keysOf(freshKey());
    const wrong = [() => open(keys, ID, 1, 3, piece), () => open(keys, ID, 0, 4, piece), () => open(keys, "anna:x", 0, 3, piece), () => open(keys, ID, 0, 3, changed), () => open(other, ID, 0, 3, piece)];
    for (const one of wrong) await expect(one()).rejects.toThrow();
  });

  it("are the same once more, and have another nonce where the file has changed", async () => {
    const keys = await keysOf(freshKey());
    const one = await seal(keys, ID, 0, 3, bytes("one"));
    expect((await seal(keys, ID, 0, 3, bytes("one"))).piece).toEqual(one.piece);
    expect((await seal(keys, ID, 0, 3, bytes("two"))).piece.subarray(0, 12)).not.toEqual(one.piece.subarray(0, 12));
  });

  it("a frame that is no file's is none", () => {
    const said = { text: "a", type: "", size: 3, key: freshKey() };
    expect(told(said, 3)).toEqual({ ...said, hash: undefined });
    for (const bad of [{}, { ...said, size: 4 }, { ...said, key: "AAAA" }, { ...said, hash: "x" }, { ...said, text: 7 }, { ...said, type: null }]) expect(told(bad, 3)).toBeUndefined();
  });
});

/** Its own code, which no module can hold; what it fetches is `sent`. */
function worker(sent: () => Uint8Array<ArrayBuffer>) {
  const code = `${readFileSync("src/sw-files.js", "utf8")}; return { piece, opener };`;
  const made = new Function("self", "fetch", code) as (...args: unknown[]) => { opener: (save: object) => Promise<CryptoKey>; piece: (save: object, key: CryptoKey, index: number) => Promise<{ parts: { content: Uint8Array }[] }> };
  return made({ addEventListener: () => undefined }, async () => new Response(sent()));
}

describe("the service worker", () => {
  it("opens what a page has sealed, and no piece that holds more than its own parts, or fewer", async () => {
    const [save, content] = [{ key: freshKey(), id: ID, size: PIECE + 3, base: "/" }, new Uint8Array(PIECE).map((_, n) => n % 251)];
    const keys = await keysOf(save.key);
    const [first, last] = [(await seal(keys, ID, 0, save.size, content)).piece, (await seal(keys, ID, 1, save.size, bytes("end"))).piece];
    let sent = first;
    const { opener, piece } = worker(() => sent);
    const key = await opener(save);
    const { parts } = await piece(save, key, 0);
    expect(parts.length).toBe(8);
    expect(Buffer.concat(parts.map((part) => part.content)).equals(content)).toBe(true);
    // Each of its parts would open.
    for (sent of [joined(first, last), first.slice(0, -(512 * 1024 + 28)), last]) await expect(piece(save, key, 0)).rejects.toMatchObject({ name: "OperationError" });
    sent = last;
    expect(Buffer.from((await piece(save, key, 1)).parts[0]!.content).toString()).toBe("end");
  });
});

describe("names of files", () => {
  it("lead nowhere, and show their ending", () => {
    const names = {
      "../../etc/passwd": "___.._etc_passwd",
      "C:\\Windows\\system32\\a.dll": "C__Windows_system32_a.dll",
      "\u202egpj.exe": "_gpj.exe",
      "a\u0000b\n.txt": "a_b_.txt",
      ".bashrc": "_bashrc",
      "..": "__",
      "": "file",
      "  . ": "_",
      "con.txt": "_con.txt",
      "NUL": "_NUL",
      "console.log": "console.log",
      "<b>&\"x\".html": "_b_&_x_.html",
      "晚安 🚗.mp4": "晚安 🚗.mp4",
      "\ud800x": "_x",
      "e\u0301.txt": "é.txt",
    };
    for (const [name, expected] of Object.entries(names)) expect(safe(name), JSON.stringify(name)).toBe(expected);
  });

  it("are not too long, in bytes, and keep their ending", () => {
    for (const name of [`${"a".repeat(5_000)}.tar`, `${"晚".repeat(300)}.mp4`, `${"🚗".repeat(300)}.mp4`, `a.${"b".repeat(900)}`]) {
      const found = safe(name);
      expect(bytes(found).length).toBeLessThanOrEqual(180);
      expect(new TextDecoder().decode(bytes(found))).toBe(found);
      if (!name.startsWith("a.b")) expect(found.slice(-4)).toBe(name.slice(-4));
    }
  });
});
