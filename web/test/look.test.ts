import { describe, expect, it, vi } from "vitest";
import { arrival } from "../src/lib/api/door";
import { faceFor, Size } from "../src/lib/look/face.svelte";
import { Prefs } from "../src/lib/look/prefs.svelte";
import { Units } from "../src/lib/look/units";
import { strength } from "../src/panels/door/strength";
import { pagesOf, portion } from "../src/lib/things/pages";

const units = (...languages: string[]) => new Units(new Prefs(undefined, languages));

describe("units follow the person", () => {
  it("kilometres, Celsius and bar in Germany; miles, Fahrenheit and psi in the US; kPa in China", () => {
    const de = units("de-DE", "en-GB");
    expect(de.speed(100)).toEqual({ text: "100", unit: "km/h" });
    expect(de.pressure(250)).toEqual({ text: "2.5", unit: "bar" });
    const us = units("en-US");
    expect(us.speed(100)).toEqual({ text: "62", unit: "mph" });
    expect(us.temperature(21.5)).toEqual({ text: "71", unit: "°F" });
    expect(us.pressure(250)).toEqual({ text: "36", unit: "psi" });
    expect(units("zh-CN").pressure(250)).toEqual({ text: "250", unit: "kPa" });
    expect(us.distance(412_000)).toEqual({ text: "256", unit: "mi" });
  });

  it("no minus zero, no false precision", () => {
    expect(units("en-GB").degrees(-0.01)).toBe("0°");
    expect(units("en-GB").measure(1234.567, "W")).toBe("1,235 W");
    expect(units("en-GB").measure(55, "percent")).toBe("55%");
  });

  it("ages are told in the largest fitting unit and never lie in the future", () => {
    const en = units("en-GB");
    expect(en.ago(-3)).toBe("now");
    expect(en.ago(190)).toBe("3 min ago");
    expect(en.ago(7300)).toContain("2");
    expect(units("zh-CN").ago(190)).toBe("3分钟前");
    expect(en.age(0)).toBe("5 sec ago");
  });

  it("a way that took next to nothing has no miles to the kWh", () => {
    expect(units("en-GB").consumption(2.8e-14, 8_000).text).toBe("–");
    expect(units("en-GB").consumption(-0.2, 8_000).text).toBe("–");
    expect(units("en-GB").consumption(1.2, 8_000).text).toBe("4.1");
  });

  it("a small window is no phone: what is carried says so itself", () => {
    const kind = (agent: string, face: string) => arrival(agent, face).kind;
    const glass = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36";
    const phone = "Mozilla/5.0 (Linux; Android 16; K) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36";
    expect([kind(glass, "phone"), kind(glass, "watch"), kind(glass, "car"), kind(glass, "tablet")]).toEqual(["browser", "browser", "browser", "tablet"]);
    expect([kind(phone, "phone"), kind(phone, "car")]).toEqual(["phone", "browser"]);
  });
});

describe("the face", () => {
  it.each([
    [1280, 720, "car"], [1920, 1080, "car"], [1024, 768, "tablet"], [820, 1180, "tablet"], [390, 844, "phone"], [844, 390, "phone"], [384, 384, "watch"],
  ] as const)("%i x %i is a %s", (width, height, face) => expect(faceFor(width, height)).toBe(face));

  it("is what the person says", () => expect(faceFor(1920, 1080, "tablet")).toBe("tablet"));
});

describe("the window's size", () => {
  const windowOf = (width: number, height: number) => {
    const heard = new EventTarget();
    const field = { focused: false };
    const win = {
      innerWidth: width,
      innerHeight: height,
      addEventListener: heard.addEventListener.bind(heard),
      document: {
        addEventListener: heard.addEventListener.bind(heard),
        get activeElement() {
          return { matches: () => field.focused };
        },
      },
    };
    const become = (w: number, h: number) => {
      win.innerWidth = w;
      win.innerHeight = h;
      heard.dispatchEvent(new Event("resize"));
    };
    const blur = () => {
      field.focused = false;
      heard.dispatchEvent(new Event("focusout"));
    };
    return { win: win as unknown as Window, field, become, blur };
  };

  it("counts when it has stayed", () => {
    vi.useFakeTimers();
    const { win, become } = windowOf(1024, 768);
    const size = new Size(win);
    become(1, 1);
    vi.advanceTimersByTime(100);
    expect([size.width, size.height]).toEqual([1024, 768]);
    become(820, 1180);
    vi.advanceTimersByTime(200);
    expect([size.width, size.height]).toEqual([820, 1180]);
    vi.useRealTimers();
  });

  it("is not changed by a keyboard that comes up over a field, but by a turn", () => {
    vi.useFakeTimers();
    const { win, field, become, blur } = windowOf(390, 844);
    const size = new Size(win);
    field.focused = true;
    become(390, 400);
    vi.advanceTimersByTime(200);
    expect(size.height).toBe(844);
    blur();
    vi.advanceTimersByTime(700);
    expect(size.height).toBe(400);
    field.focused = true;
    become(844, 390);
    vi.advanceTimersByTime(200);
    expect([size.width, size.height]).toEqual([844, 390]);
    vi.useRealTimers();
  });
});

describe("this device's look", () => {
  it("is kept, and survives what is broken", () => {
    const kept = new Map<string, string>([["wayhome.look", "{broken"]]);
    const storage = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, text: string) => void kept.set(key, text) };
    const prefs = new Prefs(storage, ["en-GB"]);
    expect(prefs.kept.theme).toBe("auto");
    prefs.set({ theme: "night", language: "zh" });
    expect(new Prefs(storage, ["en-GB"]).kept.theme).toBe("night");
    expect(new Prefs(storage, ["en-GB"]).language).toBe("zh");
  });
});

describe("passwords", () => {
  it("are weak when short, known or one's own; strong when long and mixed", () => {
    for (const weak of ["", "abc", "password123", "qwertyuiop", "aaaaaaaaaaaa", "1234567890123"]) expect(strength(weak), weak).toBeLessThan(2);
    expect(strength("annaannaanna", ["Anna"])).toBeLessThan(2);
    // The hub takes none of fewer than ten characters, so none is called good.
    expect(strength("湖边的傍晚很安静呢")).toBeLessThan(2);
    for (const good of ["correct horse battery staple", "t9!Rk2-vLq8Zx", "我家的猫喜欢在屋顶上看月亮"]) expect(strength(good), good).toBeGreaterThan(2);
  });
});

describe("pages of the car's glass", () => {
  it("hold six tiles at most and keep the order; an empty board has one page", () => {
    const pages = pagesOf(Array.from({ length: 14 }, (_, n) => n));
    expect(pages.map((page) => page.length)).toEqual([6, 6, 2]);
    expect(pages.flat()).toEqual(Array.from({ length: 14 }, (_, n) => n));
    expect(pagesOf([])).toEqual([[]]);
  });

  it("of thousands of devices only so many are drawn at first, of each room some", () => {
    const rooms = Array.from({ length: 10 }, (_, room) => ({ name: `r${room}`, things: Array.from({ length: 500 }, (_, n) => `${room}-${n}`) }));
    expect(portion(rooms, 12, 96).map(({ things }) => things.length)).toEqual(Array.from({ length: 8 }, () => 12));
    expect(portion(rooms, 12, 10_000)).toHaveLength(10);
    expect(portion([], 12, 96)).toEqual([]);
  });
});
