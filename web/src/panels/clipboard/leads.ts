/** Where a text leads: a page, a place on a map, or somebody's phone. */

export interface Leads {
  /** The first address in it; only http and https: nothing that runs something. */
  readonly link?: string;
  /** It is what a map program shares: the hub reads where that is, see features/destinations/shared.py. */
  readonly place?: true;
  /** A phone number, where the text is nothing else. */
  readonly phone?: string;
}

const LINK = /\bhttps?:\/\/[^\s<>"'`\p{Cc}]+/u;
/** What closes a sentence, or the brackets around an address, is none of it. */
const END = ".,;:!?)]}'’”。，；：！？）」";
/** With at least 5 digits, and what people put between them. */
const PHONE = /^(?:tel:)?(\+?[\d\s().\-/\u2010-\u2015]{5,32})$/;
const LONGEST = 2_048;
/** RFC 5870, as phones share a place. */
const GEO = /^geo:-?\d\S*/im;
/** Hosts and paths of the map programs that the hub reads. */
const MAPS = /^(?:maps\.google(?:\.[a-z]{2,3}){1,2}\/|(?:www\.)?google(?:\.[a-z]{2,3}){1,2}\/maps|maps\.app\.goo\.gl\/|goo\.gl\/maps|maps\.apple(?:\.com)?\/|(?:www\.)?(?:openstreetmap\.org|osmand\.net|osm\.org)\/|(?:www\.|ul\.)?waze\.com\/|share\.here\.com\/|her\.is\/|(?:(?:uri|surl|m|ditu)\.(?:amap|gaode)|(?:www\.)?amap)\.com\/|(?:api\.|j\.)?map\.baidu\.com\/|(?:apis\.)?map\.qq\.com\/)/;

export function leads(text: string): Leads {
  const said = text.trim();
  const phone = number(said);
  if (phone !== undefined) return { phone };
  const found = LINK.exec(said)?.[0];
  if (found === undefined) return GEO.test(said) ? { place: true } : {};
  if (found.length > LONGEST) return {};
  try {
    const url = new URL(bare(found));
    // An address with a name in it looks like another place than the one it leads to.
    if (url.username !== "" || url.password !== "") return {};
    return MAPS.test(url.host + url.pathname) ? { link: url.href, place: true } : { link: url.href };
  } catch {
    return {};
  }
}

function bare(found: string): string {
  let end = found.length;
  while (END.includes(found[end - 1] ?? " ")) end--;
  return found.slice(0, end);
}

function number(said: string): string | undefined {
  const found = PHONE.exec(said)?.[1];
  const digits = found?.replace(/\D/g, "") ?? "";
  // Four digits are a code; a date is no number, and neither is an amount.
  if (found === undefined || digits.length < 5 || digits.length > 15) return undefined;
  if (/^\d{1,4}[-./]\d{1,2}[-./]\d{1,4}$/.test(said) || /^\d+[.,]\d{1,2}$/.test(said)) return undefined;
  return `${found.trim().startsWith("+") ? "+" : ""}${digits}`;
}
