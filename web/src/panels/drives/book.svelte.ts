/** The log book as far as it was leafed through: page after page, newest first. */

import type { Drive, Kept, Listed, Total } from "../../lib/api/drives";

const PAGE = 50;
const MOST = 200;

export interface Month {
  readonly total: Total;
  readonly drives: readonly Drive[];
}

type Ask = (query: { car?: string; after?: string; limit?: number }) => Promise<Listed>;

export class Book {
  drives = $state.raw<readonly Drive[]>([]);
  total = $state.raw<Total | undefined>();
  kept = $state.raw<Kept | undefined>();
  next = $state.raw<string | undefined>();
  failed = $state.raw<unknown>();
  /** More of it is on its way. */
  turning = $state.raw(false);
  #months = $state.raw<readonly Total[]>([]);
  #asked = 0;

  constructor(readonly ask: Ask) {}

  /** Look at it anew, as far as it was leafed through. What stood there stands until the answer is there. */
  async load(car: string | undefined): Promise<void> {
    const mine = ++this.#asked;
    const far = Math.max(PAGE, this.drives.length);
    try {
      let page = await this.ask({ car, limit: Math.min(MOST, far) });
      const drives = [...page.drives];
      while (drives.length < far && page.next !== null) {
        page = await this.ask({ car, after: page.next, limit: Math.min(MOST, far - drives.length) });
        drives.push(...page.drives);
      }
      if (mine !== this.#asked) return;
      this.#take(drives, page);
    } catch (error) {
      if (mine === this.#asked) this.failed = error;
    }
  }

  /** Another car's: nothing of what stood there is to be read as its. */
  clear(): void {
    this.drives = [];
    this.total = undefined;
  }

  async more(car: string | undefined): Promise<void> {
    if (this.next === undefined || this.turning) return;
    const mine = this.#asked;
    this.turning = true;
    try {
      const page = await this.ask({ car, after: this.next, limit: PAGE });
      if (mine === this.#asked) this.#take([...this.drives, ...page.drives], page);
    } finally {
      this.turning = false;
    }
  }

  #take(drives: readonly Drive[], page: Listed): void {
    this.failed = undefined;
    this.drives = drives;
    this.total = page.total;
    this.#months = page.months;
    this.kept = page.kept;
    this.next = page.next ?? undefined;
  }

  /** What has ended, by month. The hub says how many are each month's: it knows the household's time zone. */
  get months(): Month[] {
    const ended = this.drives.filter((drive) => drive.end !== undefined && drive.end !== null);
    const found: Month[] = [];
    let at = 0;
    for (const total of this.#months) {
      if (at >= ended.length) break;
      found.push({ total, drives: ended.slice(at, at + total.drives) });
      at += total.drives;
    }
    return found;
  }
}
