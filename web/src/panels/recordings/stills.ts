/** The pictures of recordings: fetched when they come into sight, drawn by this browser one after the other, and kept while
 *  the page is open. */

import { still } from "../../lib/api/recordings";
import { able, drawOne } from "../home/film_world";

const MOST = 200;
const kept = new Map<string, Promise<string | undefined>>();
let last: Promise<unknown> = Promise.resolve();

async function made(id: string): Promise<string | undefined> {
  const file = await still(id);
  if (file.type !== "video/h264") return URL.createObjectURL(file);
  return able() ? URL.createObjectURL(await drawOne(await file.arrayBuffer())) : undefined;
}

/** An address of the picture; undefined where there is none, or this browser can't draw it. */
export function picture(id: string): Promise<string | undefined> {
  const there = kept.get(id);
  if (there !== undefined) return there;
  const mine = last.then(() => made(id)).catch(() => {
    kept.delete(id); // it is asked for again when it comes into sight again
    return undefined;
  });
  last = mine;
  kept.set(id, mine);
  if (kept.size > MOST) {
    const [oldest, address] = [...kept][0]!;
    kept.delete(oldest);
    void address.then((src) => src && URL.revokeObjectURL(src));
  }
  return mine;
}
