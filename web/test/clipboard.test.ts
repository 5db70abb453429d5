/** What a text leads to, and images as they are sealed. */

import { describe, expect, it } from "vitest";
import { fresh, imageBody, open, picture, seal } from "../src/panels/clipboard/images";
import { leads } from "../src/panels/clipboard/leads";
import { utf8 } from "../src/lib/sealing/bytes";

describe("what a text leads to", () => {
  it.each([
    ["https://example.org/a?b=c#d", "https://example.org/a?b=c#d"],
    ["See (https://example.org/way).", "https://example.org/way"],
    ["https://en.wikipedia.org/wiki/Mercury_(planet)", "https://en.wikipedia.org/wiki/Mercury_(planet)"],
    ["It is (see https://en.wikipedia.org/wiki/Mercury_(planet)).", "https://en.wikipedia.org/wiki/Mercury_(planet)"],
    ["(see https://example.org/a)", "https://example.org/a"],
    ["https://example.org/a)(b)", "https://example.org/a)(b)"],
    ["[https://example.org/?a[0]]", "https://example.org/?a[0]"],
    ["看（https://example.org/路（一））。", "https://example.org/%E8%B7%AF%EF%BC%88%E4%B8%80%EF%BC%89"],
    ["看 https://example.org/路。", "https://example.org/%E8%B7%AF"],
    ["http://192.168.1.5:8123/lovelace", "http://192.168.1.5:8123/lovelace"],
  ])("%s leads to a page", (text, link) => expect(leads(text)).toEqual({ link }));

  it.each([
    ["Schloss Vaduz\nhttps://maps.app.goo.gl/AbC123", "https://maps.app.goo.gl/AbC123"],
    ["https://www.google.com/maps/place/Vaduz/@47.14,9.52,15z", "https://www.google.com/maps/place/Vaduz/@47.14,9.52,15z"],
    ["https://maps.google.co.uk/?q=47.14,9.52", "https://maps.google.co.uk/?q=47.14,9.52"],
    ["https://maps.apple.com/?ll=47.1395,9.5245", "https://maps.apple.com/?ll=47.1395,9.5245"],
    ["https://uri.amap.com/marker?position=121.4,31.2", "https://uri.amap.com/marker?position=121.4,31.2"],
    ["https://osm.org/go/0JK", "https://osm.org/go/0JK"],
  ])("%s leads to a place, too", (text, link) => expect(leads(text)).toEqual({ link, place: true }));

  it.each(["geo:47.1395,9.5245", "Schloss Vaduz\nGEO:0,0?q=47.1395,9.5245(Schloss)", "geo:-33.8,151.2;u=35"])("%s leads to a place", (text) => expect(leads(text)).toEqual({ place: true }));

  it.each(["https://www.google.com/search?q=maps", "https://maps.app.goo.gl.evil.example/x", "https://example.org/?u=https://maps.apple.com/", "https://notwaze.com/", "https://goo.gl/AbC"])("%s leads to no place", (text) => expect(leads(text)).not.toHaveProperty("place"));
  it.each(["geo:", "my geo:thing", "geography"])("%s leads nowhere at all", (text) => expect(leads(text)).toEqual({}));

  it.each(["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "https://bank.example@evil.example/", "intent://x#Intent;end", "http://", "https://%", "just words"])("%s leads nowhere", (text) => expect(leads(text)).toEqual({}));

  it("of many signs leads nowhere, at once", () => {
    expect(leads(`https://${".".repeat(2_000_000)}x`)).toEqual({});
    expect(leads(`https://example.org/${".".repeat(1_000)}x`)).toHaveProperty("link");
    expect(leads(`https://example.org/a${".".repeat(1_000)}`)).toEqual({ link: "https://example.org/a" });
  });

  it.each([
    ["+41 79 123 45 67", "+41791234567"],
    ["tel:+49-30-1234567", "+49301234567"],
    ["(030) 123 456", "030123456"],
    ["  110110 ", "110110"],
    ["138 0013 8000", "13800138000"],
  ])("%s is a number", (text, phone) => expect(leads(text)).toEqual({ phone }));

  it.each(["4711", "2026-11-27", "27.11.2026", "12345.60", "call +41 79 123 45 67", "+", "12345678901234567890", "*100#", "+41;ext=1", "tel:"])("%s is none", (text) => expect(leads(text)).toEqual({}));
});

describe("an image", () => {
  const ID = "anna:01jd0000000000000000000000";
  const content = Uint8Array.from({ length: 5_000 }, (_, n) => n % 251);

  it("opens in its own entry, as its own kind, and unchanged only", async () => {
    const one = fresh("image/png");
    const sealed = await seal(one, ID, content);
    expect(await open(one, ID, sealed)).toEqual(content);
    expect(sealed.length).toBe(content.length + 28);
    await expect(open(one, `${ID.slice(0, -1)}1`, sealed)).rejects.toThrow();
    await expect(open({ ...one, type: "image/webp" }, ID, sealed)).rejects.toThrow();
    await expect(open(fresh("image/png"), ID, sealed)).rejects.toThrow();
    sealed[40]! ^= 1;
    await expect(open(one, ID, sealed)).rejects.toThrow();
  });

  it("is of a kind that carries no script", () => {
    const { key } = fresh("image/png");
    expect(picture({ image: { type: "image/png", key } })).toEqual({ type: "image/png", key });
    for (const type of ["image/svg+xml", "text/html", "image/gif", "", undefined]) expect(picture({ image: { type, key } })).toBeUndefined();
    for (const image of [undefined, null, "x", { type: "image/png" }, { type: "image/png", key: "AA" }]) expect(picture({ image })).toBeUndefined();
  });

  it("is sent behind its frame", () => expect(imageBody(utf8("abc"), utf8("de"))).toEqual(Uint8Array.from([0, 0, 0, 3, 97, 98, 99, 100, 101])));
});
