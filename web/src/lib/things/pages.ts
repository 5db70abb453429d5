/** The car's glass shows at most six tiles and never scrolls: the board is dealt into pages. */

export const PER_PAGE = 6;

export function pagesOf<T>(tiles: readonly T[]): T[][] {
  const pages: T[][] = [];
  for (let at = 0; at < tiles.length || pages.length === 0; at += PER_PAGE) pages.push(tiles.slice(at, at + PER_PAGE));
  return pages;
}

/** What of many rooms is drawn when there are thousands of devices: of each room the first `each`, in all about `budget`. */
export function portion<T extends { things: readonly string[] }>(rooms: readonly T[], each: number, budget: number): { room: T; things: readonly string[] }[] {
  const shown: { room: T; things: readonly string[] }[] = [];
  let left = budget;
  for (const room of rooms) {
    if (left <= 0) break;
    const things = room.things.slice(0, each);
    shown.push({ room, things });
    left -= things.length;
  }
  return shown;
}
