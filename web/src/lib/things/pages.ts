/** The car's glass shows at most six tiles and never scrolls: areas are dealt into pages. */

import type { Area } from "./house";

export interface Page {
  title: string;
  things: string[];
}

/** Small neighbours share a page, large areas take several. */
export function deal(areas: Area[], perPage: number, other: string): Page[] {
  const pages: Page[] = [];
  for (const area of areas) {
    const title = area.name || other;
    for (let at = 0; at < area.things.length; at += perPage) {
      const things = area.things.slice(at, at + perPage);
      const last = pages.at(-1);
      if (last !== undefined && at === 0 && last.things.length + things.length <= perPage) {
        last.title = last.title === title ? title : `${last.title} · ${title}`;
        last.things = [...last.things, ...things];
      } else pages.push({ title, things });
    }
  }
  return pages;
}
