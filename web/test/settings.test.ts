import { describe, expect, it } from "vitest";
import type { Status } from "../src/lib/api/links";
import { en } from "../src/lib/i18n/en";
import { Words } from "../src/lib/i18n/words";
import { zh } from "../src/lib/i18n/zh";
import { Prefs } from "../src/lib/look/prefs.svelte";
import { Units } from "../src/lib/look/units";
import { report } from "../src/panels/settings/about/report";
import { ends, upTo } from "../src/panels/settings/devices/terms";
import { point } from "../src/panels/settings/household/place";
import { fault } from "../src/panels/settings/links/faults";

const words = new Words("en", en);
await words.more();
const status = (change: Partial<Status>): Status => ({ id: "home", link: "homeassistant", title: "Home Assistant", name: "Our home", state: "waiting", words: "", since: 0, things: 3, ...change });

describe("a link's faults", () => {
  it("each has words in both languages and something to do; what works has none", async () => {
    const chinese = new Words("zh", zh);
    await chinese.more();
    for (const code of ["unreachable", "asleep", "auth_needed", "refused", "expired", "link_failed", "internal", "broken"]) {
      for (const one of [words, chinese]) {
        const told = fault(status({ code }), one);
        expect(told?.title, code).toContain("Our home");
        expect(told?.text, code).not.toContain("fault.");
        expect(told?.fixes.length, code).toBeGreaterThan(0);
      }
    }
    expect(fault(status({ state: "connected", code: null }), words)).toBeUndefined();
    expect(fault(status({ state: "starting", code: null }), words)).toBeUndefined();
  });

  it("what nobody has words for is a link that is not connected, and never a silent card", () => {
    expect(fault(status({ code: "brand_new" }), words)?.title).toBe("Our home is not connected");
    expect(fault(status({ state: "sign_in_needed", code: null }), words)?.fixes[0]).toBe("sign_in");
  });

  it("a link without a sign-in page is not offered one", () => {
    expect(fault(status({ link: "sim", code: "auth_needed" }), words)?.fixes).toEqual(["retry"]);
  });
});

describe("places and terms", () => {
  it("a place is what maps give, and on the earth", () => {
    expect(point("47.14226, 9.52683")).toEqual({ latitude: 47.14226, longitude: 9.52683 });
    expect(point(" -33.9°; 151.2° ")).toEqual({ latitude: -33.9, longitude: 151.2 });
    for (const wrong of ["", "here", "91, 0", "0, 181", "47.1", "1, 2, 3"]) expect(point(wrong), wrong).toBeUndefined();
  });

  it("nobody lets in a device that may do more than its person", () => {
    expect(upTo("child")).toEqual(["guest", "child"]);
    expect(upTo("owner")).toHaveLength(4);
  });

  it("an evening ends at eleven, also one that has ended", () => {
    const at = (hour: number) => new Date(2026, 10, 25, hour).getTime() / 1000;
    expect(ends("always", at(15))).toBeNull();
    expect(ends("evening", at(15))).toBe(at(23));
    expect(ends("evening", at(22))).toBe(new Date(2026, 10, 26, 23).getTime() / 1000);
    expect(ends("week", at(15))).toBe(at(15) + 7 * 86_400);
  });
});

describe("numbers of upkeep", () => {
  const units = new Units(new Prefs(undefined, ["en-GB"]));
  it("sizes and waits are said in the largest fitting unit", () => {
    expect([units.size(0), units.size(16), units.size(92_000), units.size(3_700_000)]).toEqual(["0 bytes", "16 bytes", "92 kB", "3.7 MB"]);
    expect([units.soon(5), units.soon(200), units.soon(7_200)]).toEqual(["in 5 sec", "in 3 min", "in 2 hr"]);
  });

  it("a report for whoever helps holds neither names nor addresses", () => {
    const about = { version: "1.0", demo: false, epoch: "e", rev: 1, things: 2, paths: 3, sessions: 1, screens: 1, signals: 9, dropped: 0, operations: [], features: ["home"] };
    const text = report(about, [{ name: "link home", ok: false, text: "Our home: http://192.0.2.7 does not answer" }, { name: "disk", ok: true, text: "80 GB of disk are free." }], "Firefox");
    expect(text).toContain("NOT link 1\n");
    expect(text).toContain("ok  disk: 80 GB of disk are free.");
    expect(text).not.toMatch(/192|Our home/);
  });
});
