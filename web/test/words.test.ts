import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { en as first } from "../src/lib/i18n/en";
import { settingUp as later } from "../src/lib/i18n/en/setting_up";
import { Words } from "../src/lib/i18n/words";
import { zh as firstZh } from "../src/lib/i18n/zh";
import { settingUp as laterZh } from "../src/lib/i18n/zh/setting_up";

const en = { ...first, ...later };
const zh = { ...firstZh, ...laterZh };

const sources = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? sources(join(folder, entry.name)) : /\.(svelte|ts)$/.test(entry.name) && entry.name.length > 5 ? [join(folder, entry.name)] : [],
  );

describe("words", () => {
  it("those of setting up come with it, and none of them twice", async () => {
    expect(Object.keys(later).filter((key) => key in first)).toEqual([]);
    const words = new Words("zh", firstZh);
    await words.more();
    expect(words.t("backup.make")).toBe(laterZh["backup.make"]);
    expect(words.t("nav.home")).toBe(firstZh["nav.home"]);
  });

  it("both languages have the same keys, none empty, the same places", () => {
    expect(Object.keys(zh).sort()).toEqual(Object.keys(en).sort());
    for (const [key, text] of Object.entries(zh)) {
      expect(text.trim(), key).not.toBe("");
      const places = (one: string) => [...one.matchAll(/\{\w+\}/g)].map(String).sort();
      expect(places(text), key).toEqual(places(en[key as keyof typeof en]));
    }
  });

  it("every key is used somewhere", { timeout: 60_000 }, () => {
    const text = sources("src").filter((path) => !path.includes("i18n/en") && !path.includes("i18n/zh")).map((path) => readFileSync(path, "utf8")).join("\n");
    const made = [/^word\./, /^car\.wind\./, /^measure\./, /^air\./, /^arm\./, /^error\./, /^advice\./, /^door\.strength\./, /^people\.role\./, /^link\./, /^event\./, /^actor\./, /^sign\./];
    const later = [/^people\.may\./, /^messages\.state\./, /^fault\./, /^finding\./, /^trust\./, /^install\./, /^welcome\./, /^devices\.(in|kind|where)\./, /^clipboard\.(why|lasts|system)\./, /^files\.saving\./, /^notifications\.(face|of_face|of_app|hide)\./, /^group\.letting\./, /^recordings\.(state|sees)\./, /^(mqtt|camera)\.wrong\./, /^guide\.(kind|avoid)\./, /^map\.(kind|plug)\./, /^maps\.step\./, /^group\.(waiting|fresh|old|forked|stranger|replaced|unsafe|unkept|elsewhere|none)(\.what)?$/];
    const unused = Object.keys(en).filter((key) => ![...made, ...later].some((one) => one.test(key)) && !text.includes(`"${key}"`) && !text.includes(`'${key}'`));
    expect(unused).toEqual([]);
  });

  it("no text for people stands outside the words", () => {
    const loose = sources("src")
      .filter((path) => path.endsWith(".svelte") && !path.includes("panels/demo"))
      .flatMap((path) => {
        const markup = readFileSync(path, "utf8").replace(/<(script|style)[\s\S]*?<\/\1>/g, "").replace(/<!--[\s\S]*?-->/g, "").replace(/=>/g, "");
        return [...markup.matchAll(/>\s*([A-Z][a-z]+ [a-z][^<{]*)</g)].map((match) => `${path}: ${match[1]}`);
      });
    expect(loose).toEqual([]);
  });

  it("fill their places, say states, and fall back to what came", () => {
    const words = new Words("en", en);
    expect(words.t("nav.page", { n: 2, of: 3 })).toBe("Page 2 of 3");
    expect(words.word("heat_cool")).toBe("Heat and cool");
    expect(words.word("party_mode")).toBe("Party mode");
  });

  it("a drive under way departs once, also in Chinese", () => {
    const words = new Words("zh", zh);
    expect(words.t("drives.now.from", { time: "22:11", place: "Home" })).toBe("22:11 从Home出发");
    expect(words.t("drives.now.since", { time: "22:11" })).toBe("22:11 出发");
    expect(new Words("en", en).t("drives.now.from", { time: "22:11", place: "Home" })).toBe("since 22:11 from Home");
  });

  it("failures say what happened and what to do, in the person's language", () => {
    const said = new Words("en", en).failure("unreachable", "the lamp does not answer", "See whether it has power.");
    expect(said).toEqual({ title: "No answer", detail: "The lamp does not answer. See whether it has power." });
    expect(new Words("zh", zh).failure("unreachable", "", "See whether it has power.").detail).toBe("请检查电源和网络。");
    expect(new Words("en", en).failure("brand_new", "odd", undefined).title).toBe("Something went wrong");
  });
});
