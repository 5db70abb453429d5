import { describe, expect, it } from "vitest";
import { en } from "../src/lib/i18n/en";
import { settingUp as enMore } from "../src/lib/i18n/en/setting_up";
import { Words } from "../src/lib/i18n/words";
import { zh } from "../src/lib/i18n/zh";
import { settingUp as zhMore } from "../src/lib/i18n/zh/setting_up";
import type { Value } from "../src/lib/live/frames";
import { LiveStore } from "../src/lib/live/store";
import { Prefs } from "../src/lib/look/prefs.svelte";
import { Units } from "../src/lib/look/units";
import { sentence, telling, type Line } from "../src/lib/things/audit";
import { House } from "../src/lib/things/house";
import { snap } from "./scripted";

const info = { name: "Aurora", link: "l", kind: "car", traits: ["Vehicle"], signals: { "Vehicle.Cabin.HVAC.Station.Row1.Driver.Temperature": {} } };
const store = new LiveStore();
store.snap(snap(1, { "car/thing.info": [info as unknown as Value, 1] }), true);
const house = new House(store);
const said = (line: Partial<Line>, words: Words, locale: string) =>
  sentence({ seq: 1, at: 1, what: "wished", actor: "x", ...line } as Line, house, words, new Units(new Prefs(undefined, [locale])));

describe("the audit in sentences", () => {
  const warmer = { about: "car/Vehicle.Cabin.HVAC.Station.Row1.Driver.Temperature", value: 21.5, name: "cli" };
  const dim = { about: "car/light.brightness", value: 40, name: "Anna" };

  it("calls signals, and who it was, as people do", () => {
    const words = new Words("en", { ...en, ...enMore });
    expect(said(warmer, words, "en-GB")).toMatchObject({ text: "Aurora, Cabin temperature → 21.5 °C", by: "The command line" });
    expect(said(dim, words, "en-GB").text).toBe("Aurora, Brightness → 40");
    const chinese = new Words("zh", { ...zh, ...zhMore });
    expect(said(warmer, chinese, "zh-CN")).toMatchObject({ text: "Aurora, 车内温度 → 21.5 °C", by: "命令行" });
    expect(said(dim, chinese, "zh-CN").text).toBe("Aurora, 亮度 → 40");
  });

  it("leaves out what the hub does by itself at each sign-in", () => {
    const signed = { what: "DeviceListSigned", about: "", actor: "hub:group" } as Line;
    expect(telling(signed)).toBe(false);
    expect(telling({ ...signed, actor: "person:anna" })).toBe(true);
    expect(telling({ ...signed, what: "SignedIn", actor: "person:anna" })).toBe(true);
  });
});
