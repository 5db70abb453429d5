/** What a guest's phone seals, this screen opens: two programs that share nothing but the document. */

import { createCipheriv } from "node:crypto";
import { describe, expect, it } from "vitest";
import { doorOf, freshKey, linkOf, open } from "../src/panels/throws/thrown";
// @ts-expect-error It is a plain script of the guest's page, without types.
import { parts, seal } from "../src/throw/throw_seal.js";

const bytes = (text: string) => new TextEncoder().encode(text);
const TOKEN = "A".repeat(43);

describe("a throw", () => {
  it("comes from the link in the code, as a text or a file", async () => {
    const key = freshKey();
    const link = new URL(linkOf("https://wayhome.local:8300/", TOKEN, key));
    expect(link.pathname + link.search).toBe("/throw");
    const found = parts(link.hash);
    expect(found.token).toBe(TOKEN);
    expect(await open(key, await seal(found.key, { kind: "text" }, bytes("晚安 🚗")))).toEqual({ text: "晚安 🚗" });
    const thrown = await open(key, await seal(found.key, { kind: "file", name: "a.txt", type: "text/plain" }, bytes("what is in it")));
    if (!("file" in thrown)) throw new Error("no file");
    expect([thrown.file.name, thrown.file.type, await thrown.file.text()]).toEqual(["a.txt", "text/plain", "what is in it"]);
  });

  it("is what docs/reference/sealing.md says, by another implementation", async () => {
    const key = freshKey();
    const head = bytes('{"kind":"text"}');
    const clear = Buffer.concat([Buffer.from([0, 0, 0, head.length]), head, bytes("hello")]);
    const sealing = createCipheriv("aes-256-gcm", Buffer.from(key, "base64url"), Buffer.alloc(12, 7)).setAAD(Buffer.from("wayhome throw 1\n"));
    const sealed = Buffer.concat([Buffer.alloc(12, 7), sealing.update(clear), sealing.final(), sealing.getAuthTag()]);
    expect(await open(key, new Uint8Array(sealed))).toEqual({ text: "hello" });
    sealed[20]! ^= 1;
    await expect(open(key, new Uint8Array(sealed))).rejects.toThrow();
  });

  it("of another key, or that says nothing that can be shown, opens nothing", async () => {
    const key = freshKey();
    const mine = parts(`#${TOKEN}.${key}`).key;
    await expect(open(freshKey(), await seal(mine, { kind: "text" }, bytes("x")))).rejects.toThrow();
    for (const about of [{}, { kind: "page" }, { kind: "file" }, { kind: "file", name: 7, type: "" }, null, 7]) await expect(open(key, await seal(mine, about, bytes("x")))).rejects.toThrow();
    await expect(open(key, await seal(mine, { kind: "text" }, Uint8Array.from([0xff, 0xfe])))).rejects.toThrow();
    // Longer than the guest's page would send it, which a stranger need not use.
    await expect(open(key, await seal(mine, { kind: "text" }, bytes("x".repeat(10_001))))).rejects.toThrow();
    await expect(open(key, await seal(mine, { kind: "text" }, bytes("x".repeat(8_000_000))))).rejects.toThrow();
    await expect(open(key, await seal(mine, { kind: "file", name: "x".repeat(2_048), type: "" }, bytes("x")))).rejects.toThrow();
    expect(await open(key, await seal(mine, { kind: "text" }, bytes("x".repeat(10_000))))).toHaveProperty("text.length", 10_000);
    for (const hash of ["", "#", `#${TOKEN}`, `#${TOKEN}.x`, `#${TOKEN}.${key}x`, `#/${TOKEN}.${key}`]) expect(parts(hash)).toBeUndefined();
  });

  it("says nothing that is not seen", async () => {
    const key = freshKey();
    const said = "https://bank\u200b.example/\u202egpj.exe\u2066 \r\n👩‍🚀";
    expect(await open(key, await seal(parts(`#${TOKEN}.${key}`).key, { kind: "text" }, bytes(said)))).toEqual({ text: "https://bank.example/gpj.exe \n👩‍🚀" });
  });

  it.each([
    ["https://192.168.1.5:8443", "https://wayhome.local:8443", "https://192.168.1.5:8443"],
    ["https://home.example", "", "https://home.example"],
    ["http://localhost:8300", "https://wayhome.local:8443", "https://wayhome.local:8443"],
    ["http://127.0.0.1:8300", "", ""],
    ["http://[::1]:8300", "", ""],
  ])("at %s, of a hub that says %j, leads to %j", (here, said, door) => expect(doorOf(here, said)).toBe(door));
});
