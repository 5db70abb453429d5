/** What a guest's phone seals, this screen opens: two programs that share nothing but the document. */

import { createCipheriv } from "node:crypto";
import { describe, expect, it } from "vitest";
import { freshKey, linkOf, open } from "../src/panels/throws/thrown";
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
    for (const hash of ["", "#", `#${TOKEN}`, `#${TOKEN}.x`, `#${TOKEN}.${key}x`, `#/${TOKEN}.${key}`]) expect(parts(hash)).toBeUndefined();
  });
});
