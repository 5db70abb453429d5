/** Where a text leads: a page, a place on a map, or somebody's phone. */

import { bare, place } from "./places";

export interface Leads {
  /** The first address in it; only http and https: nothing that runs something. */
  readonly link?: string;
  /** It is what a map program shares: the hub reads where that is, see features/destinations/shared.py. */
  readonly place?: true;
  /** A phone number, where the text is nothing else. */
  readonly phone?: string;
}

const LINK = /\bhttps?:\/\/[^\s<>"'`\p{Cc}]+/u;
/** With at least 5 digits, and what people put between them. */
const PHONE = /^(?:tel:)?(\+?[\d\s().\-/\u2010-\u2015]{5,32})$/;
const LONGEST = 2_048;

export function leads(text: string): Leads {
  const said = text.trim();
  const phone = number(said);
  if (phone !== undefined) return { phone };
  const found = LINK.exec(said)?.[0];
  const to = place(text) ? { place: true as const } : {};
  if (found === undefined) return to;
  if (found.length > LONGEST) return {};
  try {
    const url = new URL(bare(found));
    // An address with a name in it looks like another place than the one it leads to.
    if (url.username !== "" || url.password !== "") return {};
    return { link: url.href, ...to };
  } catch {
    return {};
  }
}

function number(said: string): string | undefined {
  const found = PHONE.exec(said)?.[1];
  const digits = found?.replace(/\D/g, "") ?? "";
  // Four digits are a code; a date is no number, and neither is an amount.
  if (found === undefined || digits.length < 5 || digits.length > 15) return undefined;
  if (/^\d{1,4}[-./]\d{1,2}[-./]\d{1,4}$/.test(said) || /^\d+[.,]\d{1,2}$/.test(said)) return undefined;
  return `${found.trim().startsWith("+") ? "+" : ""}${digits}`;
}
