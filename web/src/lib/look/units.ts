/** Numbers and times as the person reads them. Readings come in VSS's and Home Assistant's units. */

import type { Prefs } from "./prefs.svelte";

export interface Measure {
  readonly text: string;
  readonly unit: string;
}

const UNIT_WORDS: Record<string, string> = { percent: "%", Celsius: "°C", celsius: "°C", degrees: "°" };

const twelve = (locale: string) => new Intl.DateTimeFormat(locale, { hour: "numeric" }).resolvedOptions().hour12 === true;

/** So many numbers are remembered in words. */
const KNOWN = 500;

/** A browser's words for numbers and times take long to make, and longer still to use: what a drive says ten times a
 *  second is mostly what it said before. */
class Formats {
  readonly #made = new Map<string, unknown>();
  readonly #said = new Map<string, string>();

  constructor(readonly locale: string) {}

  of<T>(name: string, make: (locale: string) => T): T {
    let made = this.#made.get(name);
    if (made === undefined) this.#made.set(name, (made = make(this.locale)));
    return made as T;
  }

  number(value: number, digits: number, least: number): string {
    const key = `${digits} ${least} ${value}`;
    let said = this.#said.get(key);
    if (said === undefined) {
      const format = this.of(`${digits} ${least}`, (locale) => new Intl.NumberFormat(locale, { maximumFractionDigits: digits, minimumFractionDigits: least }));
      said = format.format(value);
      if (this.#said.size >= KNOWN) this.#said.clear();
      this.#said.set(key, said);
    }
    return said;
  }
}

export class Units {
  #formats: Formats | undefined;

  constructor(readonly prefs: Prefs) {}

  get #its(): Formats {
    const locale = this.prefs.locale;
    if (this.#formats?.locale !== locale) this.#formats = new Formats(locale);
    return this.#formats;
  }

  number(value: number, digits = 0, least = 0): string {
    // Minus zero would read as "-0".
    if (Math.abs(value) < 0.5 * 10 ** -digits) return this.#its.number(0, digits, least);
    // A speed on its way to the next one has many digits, and reads the same for most of it.
    return this.#its.number(digits === 0 ? Math.sign(value) * Math.round(Math.abs(value)) : value, digits, least);
  }

  speed(kmh: number): Measure {
    const miles = this.prefs.distance === "mi";
    return { text: this.number(Math.abs(miles ? kmh / 1.609344 : kmh)), unit: miles ? "mph" : "km/h" };
  }

  /** `fine`: up to which length there are tenths. */
  distance(metres: number, fine = 10): Measure {
    const miles = this.prefs.distance === "mi";
    const long = metres / (miles ? 1609.344 : 1000);
    return { text: this.number(long, long < fine ? 1 : 0), unit: miles ? "mi" : "km" };
  }

  energy(kWh: number): Measure {
    return { text: this.number(kWh, Math.abs(kWh) < 100 ? 1 : 0), unit: "kWh" };
  }

  /** What a way took: the more the less where people count in kilometres, the less the more where in miles. */
  consumption(kWh: number, metres: number): Measure {
    // Less than a tenth of a kWh for 100 km was gained downhill, or is not known to the digit: no way took that.
    if (this.prefs.distance === "mi") return { text: kWh / metres > 1e-6 ? this.number(metres / 1609.344 / kWh, 1) : "–", unit: "mi/kWh" };
    return { text: this.number((kWh / metres) * 100_000, 1), unit: "kWh/100 km" };
  }

  /** `digits`: 1 keeps half degrees. */
  temperature(celsius: number, digits = 1): Measure {
    const fahrenheit = this.prefs.temperature === "F";
    return {
      text: this.number(fahrenheit ? celsius * 1.8 + 32 : celsius, fahrenheit ? 0 : digits),
      unit: fahrenheit ? "°F" : "°C",
    };
  }

  degrees(celsius: number, digits = 1): string {
    return `${this.temperature(celsius, digits).text}°`;
  }

  pressure(kilopascal: number): Measure {
    const unit = this.prefs.pressure;
    const value = unit === "bar" ? kilopascal / 100 : unit === "psi" ? kilopascal / 6.894757 : kilopascal;
    return { text: this.number(value, unit === "bar" ? 1 : 0, unit === "bar" ? 1 : 0), unit };
  }

  percent(value: number): string {
    return `${this.number(value)}%`;
  }

  /** Any sensor's number with its own unit; temperatures are turned into the person's. */
  measure(value: number, unit: string | undefined): string {
    if (unit === "°C" || unit === "Celsius" || unit === "celsius") {
      const { text, unit: own } = this.temperature(value);
      return `${text} ${own}`;
    }
    const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
    if (!unit) return this.number(value, digits);
    const word = UNIT_WORDS[unit] ?? unit;
    return word === "%" ? this.percent(value) : `${this.number(value, digits)} ${word}`;
  }

  /** How long ago, in the largest fitting unit: "3 min ago". `seconds` may be a little negative by clock error. */
  ago(seconds: number): string {
    const format = this.#its.of("ago", (locale) => new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" }));
    const past = Math.max(0, seconds);
    if (past < 60) return format.format(-Math.floor(past / 5) * 5, "second");
    if (past < 3600) return format.format(-Math.floor(past / 60), "minute");
    if (past < 86400) return format.format(-Math.floor(past / 3600), "hour");
    return format.format(-Math.floor(past / 86400), "day");
  }

  /** How old what is no longer fresh is: never "now". */
  age(seconds: number): string {
    return this.ago(Math.max(5, seconds));
  }

  /** How long something still has: "24 s", "9 min". */
  left(seconds: number): string {
    const rest = Math.max(0, Math.ceil(seconds));
    const [value, unit] = rest < 100 ? [rest, "second"] : [Math.ceil(rest / 60), "minute"];
    return new Intl.NumberFormat(this.prefs.locale, { style: "unit", unit, unitDisplay: "short" }).format(value as number).replace(/secs?$/, "s").replace(/mins$/, "min");
  }

  /** In how long, in the largest fitting unit: "in 3 min". */
  soon(seconds: number): string {
    const format = new Intl.RelativeTimeFormat(this.prefs.locale, { numeric: "always", style: "short" });
    const left = Math.max(1, seconds);
    return left < 90 ? format.format(Math.ceil(left), "second") : left < 5400 ? format.format(Math.round(left / 60), "minute") : format.format(Math.round(left / 3600), "hour");
  }

  size(bytes: number): string {
    const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];
    const at = Math.min(units.length - 1, Math.floor(Math.log(Math.max(1, bytes)) / Math.log(1000)));
    const value = bytes / 1000 ** at;
    return new Intl.NumberFormat(this.prefs.locale, { style: "unit", unit: units[at]!, unitDisplay: at === 0 ? "long" : "short", maximumFractionDigits: value < 10 && at > 0 ? 1 : 0 }).format(value);
  }

  /** A day of the week, 0 is Monday: "Mon". */
  weekday(day: number): string {
    return new Intl.DateTimeFormat(this.prefs.locale, { weekday: "short", timeZone: "UTC" }).format(Date.UTC(2024, 0, 1 + day));
  }

  /** "17:05", and "5:05 PM" where people count to twelve. */
  time(seconds: number): string {
    return this.#its.of("time", (locale) => new Intl.DateTimeFormat(locale, { hour: twelve(locale) ? "numeric" : "2-digit", minute: "2-digit" })).format(seconds * 1000);
  }

  moment(seconds: number): string {
    return this.#its.of("moment", (locale) => new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" })).format(seconds * 1000);
  }

  /** How long, to the minute: "1 h 12 min". */
  duration(seconds: number): string {
    const minutes = Math.max(1, Math.round(seconds / 60));
    const say = (value: number, unit: "hour" | "minute") =>
      this.#its.of(unit, (locale) => new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short" })).format(value);
    const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
    return [hours > 0 && say(hours, "hour"), (rest > 0 || hours === 0) && say(rest, "minute")].filter(Boolean).join(" ").replaceAll("hrs", "h").replaceAll("hr", "h").replaceAll("mins", "min");
  }
}
