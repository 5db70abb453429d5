/** A car's charge schedule, as the hub keeps it at `@charging/<car>`, and what it is at in plain words. */

import type { components } from "../api/schema";
import type { Words } from "../i18n/words";
import type { Value } from "../live/frames";
import type { LiveStore } from "../live/store";
import type { Units } from "../look/units";
import { BATTERY, CHARGE_SWITCH } from "./car";
import type { ThingView } from "./house";

type Told = components["schemas"]["Schedule"];
export type Doing = Told["doing"];

export interface Plan extends Pick<Told, "on" | "start" | "end" | "days" | "ready" | "limit" | "doing"> {
  /** When its next window opens, s since 1970. */
  begins?: number;
  /** What a person wants until the cable is out: `START`, `STOP`; `byCar`: it was done at the car itself. */
  hand?: string;
  byCar: boolean;
  /** What the hub wants of the car now, and why. */
  asked?: string;
  because?: string;
  /** What the car said to it. */
  trouble?: string;
}

/** What holds until somebody sets one up. */
export const NO_PLAN: Plan = { on: false, start: "22:00", end: "06:00", days: [0, 1, 2, 3, 4, 5, 6], ready: null, limit: null, doing: "off", byCar: false };

/** The time by which a car is to be ready, until somebody chooses another. */
export const USUAL_READY = "07:00";

/** Whether the hub can keep a schedule for this car: it tells whether it charges, and can be told to start and stop. */
export function offered(car: ThingView): boolean {
  return car.has(`${BATTERY}.Charging.IsCharging`) && car.has(CHARGE_SWITCH) && car.refinement(CHARGE_SWITCH).fixed !== true;
}

export function planOf(store: LiveStore, car: string): Plan {
  return asPlan(store.value(`@charging/${car}`));
}

export function asPlan(value: Value | undefined): Plan {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return NO_PLAN;
  const standing = typeof value["standing"] === "object" && value["standing"] !== null && !Array.isArray(value["standing"]) ? value["standing"] : {};
  const text = (one: Value | undefined) => (typeof one === "string" ? one : undefined);
  const hand = text(standing["hand"]);
  return {
    on: value["on"] === true,
    start: text(value["start"]) ?? NO_PLAN.start,
    end: text(value["end"]) ?? NO_PLAN.end,
    days: Array.isArray(value["days"]) ? value["days"].filter((day) => typeof day === "number") : NO_PLAN.days,
    ready: text(value["ready"]) ?? null,
    limit: typeof value["limit"] === "number" ? value["limit"] : null,
    doing: (text(value["doing"]) as Doing | undefined) ?? "off",
    begins: typeof value["begins"] === "number" ? value["begins"] : undefined,
    hand,
    byCar: hand !== undefined && text(standing["by"]) === undefined,
    asked: text(standing["asked"]),
    because: text(standing["because"]),
    trouble: text(standing["trouble"]),
  };
}

export interface Said {
  tone: "ok" | "warn" | "calm";
  text: string;
}

/** What the schedule is at. `now`: s since 1970. Undefined: it is off, and nothing is to be said of it. */
export function doing(plan: Plan, words: Words, units: Units, now: number): Said | undefined {
  const calm = (text: string): Said => ({ tone: "calm", text });
  switch (plan.doing) {
    case "off":
      return undefined;
    case "unknown":
      return calm(words.t("charging.unknown"));
    case "unplugged":
      return calm(words.t("charging.unplugged"));
    case "by_hand": {
      const what = words.t(plan.hand === "STOP" ? "charging.by_hand.stop" : "charging.by_hand.start");
      return calm(plan.byCar ? `${what} ${words.t("charging.by_hand.car")}` : what);
    }
    case "waits":
      return calm(plan.begins === undefined ? words.t("charging.waits.some") : words.t("charging.waits", { when: whenOf(plan.begins, units, now) }));
    case "asks":
      return calm(words.t(plan.asked === "STOP" ? "charging.asks.stop" : "charging.asks.start"));
    case "charges":
      if (plan.because === "ready" && plan.ready !== null) return { tone: "ok", text: words.t("charging.charges.ready", { time: clock(plan.ready, units) }) };
      return { tone: "ok", text: plan.start === plan.end ? words.t("charging.charges.any") : words.t("charging.charges", { time: clock(plan.end, units) }) };
    case "charged":
      return { tone: "ok", text: words.t("charging.charged") };
    case "trouble":
      return { tone: "warn", text: words.t("charging.trouble", { why: plan.trouble ?? words.t("charging.trouble.silent") }) };
  }
}

/** Its hours in a few words: `22:00–06:00, Mon–Fri`. */
export function summary(plan: Plan, words: Words, units: Units): string {
  const hours = plan.start === plan.end ? words.t("charging.all_day") : `${clock(plan.start, units)}–${clock(plan.end, units)}`;
  return [hours, daysOf(plan.days, words, units)].join(words.t("charging.comma"));
}

/** The days in a few words: every day, a row of days, or each by its name. 0 is Monday. */
export function daysOf(days: readonly number[], words: Words, units: Units): string {
  const row = [...new Set(days)].sort((one, other) => one - other);
  if (row.length === 7) return words.t("charging.every_day");
  const [first, last] = [row[0], row.at(-1)];
  if (first === undefined || last === undefined) return "";
  if (row.length > 2 && last - first === row.length - 1) return `${weekday(first, units)}–${weekday(last, units)}`;
  return row.map((day) => weekday(day, units)).join(words.t("charging.comma"));
}

/** The name of a day, 0 is Monday. */
export function weekday(day: number, units: Units, how: "short" | "narrow" | "long" = "short"): string {
  // The first of January 2024 was a Monday.
  return new Intl.DateTimeFormat(units.prefs.locale, { weekday: how, timeZone: "UTC" }).format(Date.UTC(2024, 0, 1 + day));
}

/** A time of day such as `22:00`, as the person writes it. */
export function clock(time: string, units: Units): string {
  const [hour = 0, minute = 0] = time.split(":").map(Number);
  return new Intl.DateTimeFormat(units.prefs.locale, { hour: "2-digit", minute: "2-digit", timeZone: "UTC" }).format(Date.UTC(2024, 0, 1, hour, minute));
}

/** `22:00` moved by minutes, round the clock. */
export function moved(time: string, minutes: number): string {
  const [hour = 0, minute = 0] = time.split(":").map(Number);
  const at = (((hour * 60 + minute + minutes) % 1440) + 1440) % 1440;
  return `${String(Math.floor(at / 60)).padStart(2, "0")}:${String(at % 60).padStart(2, "0")}`;
}

function whenOf(at: number, units: Units, now: number): string {
  const time = units.time(at);
  if (at - now < 18 * 3600) return time;
  const day = new Intl.DateTimeFormat(units.prefs.locale, { weekday: "short" }).format(at * 1000);
  return `${day} ${time}`;
}
