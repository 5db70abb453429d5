/** The recordings of one day, as long as somebody looks. */

import type { Listed, Recording } from "../../lib/api/recordings";

type Ask = (query: { day?: string; camera?: string }) => Promise<Listed>;

export class Days {
  shown = $state.raw<Listed | undefined>();
  failed = $state.raw<unknown>();
  #asked = 0;

  constructor(readonly ask: Ask) {}

  /** Look at a day; nothing: at the newest that has any. What stood there stands until the answer is there. */
  async load(day: string | undefined, camera: string | undefined): Promise<void> {
    const mine = ++this.#asked;
    try {
      const found = await this.ask({ day, camera });
      if (mine !== this.#asked) return;
      this.shown = found;
      this.failed = undefined;
    } catch (error) {
      if (mine === this.#asked) this.failed = error;
    }
  }

  /** The day before or after the one that is shown, that has any: `by` -1 is earlier. */
  beside(by: -1 | 1): string | undefined {
    const days = this.shown?.days ?? [];
    const day = this.shown?.day ?? "";
    const [later, earlier] = [days.filter((one) => one.day > day).at(-1), days.find((one) => one.day < day)];
    return (by < 0 ? earlier : later)?.day;
  }

  /** One was changed here. */
  change(recording: Recording): void {
    if (this.shown === undefined) return;
    this.shown = { ...this.shown, recordings: this.shown.recordings.map((one) => (one.id === recording.id ? recording : one)) };
  }
}

/** Where on its day something lies, from 0 to 1. */
export function placed(start: number, end: number, at: number): number {
  return Math.min(1, Math.max(0, (at - start) / (end - start)));
}

/** The hours that are written under a day, each with its place: a day of 23 or 25 hours has them where they are. */
export function hours(start: number, end: number): { at: number; seconds: number }[] {
  return [0.25, 0.5, 0.75].map((at) => ({ at, seconds: start + at * (end - start) }));
}

/** The day that a date like `2026-11-26` is, for words. */
export function dayNamed(day: string, locale: string): string {
  const [year, month, date] = day.split("-").map(Number);
  if (!year || !month || !date) return day;
  return new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" }).format(new Date(year, month - 1, date, 12));
}

/** How long a film is: "0:42". */
export function length(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
