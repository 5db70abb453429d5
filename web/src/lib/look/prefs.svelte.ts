/** How this device likes to look: kept on the device, since a car's glass and a phone differ. */

export type Theme = "auto" | "day" | "night";
export type Language = "en" | "zh";
export type FaceWish = "auto" | "car" | "tablet" | "phone";
/** On which side of this screen's car the driver sits; auto: as the car says. */
export type WheelWish = "auto" | "left" | "right";
export type TextSize = "usual" | "large" | "huge";
export type Seat = "elsewhere" | "driver" | "passenger";

interface Kept {
  theme: Theme;
  /** Larger letters, with all that goes by them; the car's glass has its own. */
  text: TextSize;
  /** Nothing moves, whatever the browser says. */
  still: boolean;
  language: Language | null;
  face: FaceWish;
  seat: Seat;
  wheel: WheelWish;
  /** What the car's glass showed last, by light and sun: so it does not flash when the page opens. */
  lately: "day" | "night" | null;
  distance: "km" | "mi" | null;
  temperature: "C" | "F" | null;
  pressure: "bar" | "kPa" | "psi" | null;
  car: string | null;
  /** Whether this device says the way aloud; null: nobody chose. */
  voice: boolean | null;
  /** Whether this device may keep the last picture of the household. */
  keep: boolean;
}

const KEY = "wayhome.look";
const USUAL: Kept = {
  theme: "auto", text: "usual", still: false, language: null, face: "auto", seat: "elsewhere", wheel: "auto", lately: null, distance: null, temperature: null, pressure: null, car: null,
  voice: null, keep: true,
};

export class Prefs {
  #kept = $state.raw<Kept>(USUAL);
  /** The country of the device's own language, as a code; "" where it says none. */
  readonly region: string;
  readonly #locale = $derived.by(() => this.languages.find((one) => one.toLowerCase().startsWith(this.language)) ?? (this.language === "zh" ? "zh-CN" : "en-GB"));

  constructor(
    readonly storage: Pick<Storage, "getItem" | "setItem"> | undefined,
    readonly languages: readonly string[],
  ) {
    this.region = regionOf(languages[0] ?? "en-GB");
    try {
      this.#kept = { ...USUAL, ...(JSON.parse(storage?.getItem(KEY) ?? "{}") as Partial<Kept>) };
    } catch {
      // What is kept there is unreadable: the usual look holds.
    }
  }

  get kept(): Kept {
    return this.#kept;
  }

  set(change: Partial<Kept>): void {
    this.#kept = { ...this.#kept, ...change };
    try {
      this.storage?.setItem(KEY, JSON.stringify(this.#kept));
    } catch {
      // No room or no leave to keep it: it holds until the page is closed.
    }
  }

  get language(): Language {
    return this.#kept.language ?? (this.languages[0]?.toLowerCase().startsWith("zh") ? "zh" : "en");
  }

  /** The locale for dates and numbers: the person's own, if it speaks the chosen language. */
  get locale(): string {
    return this.#locale;
  }

  get distance(): "km" | "mi" {
    return this.#kept.distance ?? (["US", "GB", "LR", "MM"].includes(this.region) ? "mi" : "km");
  }

  get temperature(): "C" | "F" {
    return this.#kept.temperature ?? (["US", "LR", "BS", "BZ", "KY", "PW"].includes(this.region) ? "F" : "C");
  }

  get pressure(): "bar" | "kPa" | "psi" {
    return this.#kept.pressure ?? (["US", "GB"].includes(this.region) ? "psi" : this.region === "CN" ? "kPa" : "bar");
  }
}

function regionOf(language: string): string {
  try {
    return new Intl.Locale(language).maximize().region ?? "";
  } catch {
    return "";
  }
}
