/** What of a shared text the hub takes as a place: as it reads that in features/destinations/shared.py, so that nothing is
 *  offered that it refuses. tests/features/destinations/offered.json holds both to it. */

/** What it takes at most: of a text, of a link in it, of an address's parameters. */
const LONGEST = 4_000;
const LONGEST_LINK = 1_000;
const MOST_FIELDS = 50;
const FIRST = /\b(?:[Hh][Tt][Tt][Pp][Ss]?:\/\/[^\s\p{Cc}<>]|[Gg][Ee][Oo]:)[^\s\p{Cc}<>]*/u;
/** Signs that are spaces to the hub only, or to browsers only, are in no address that people share. */
const SPACES = /(?![\t\n\v\f\r])[\p{Cc}\ufeff]/u;
const CLOSES = new Map([[")", "("], ["]", "["], ["}", "{"], ["）", "（"], ["」", "「"]]);
const END = [".,;:!?\"'’”。，；：！？", ...CLOSES.keys()].join("");
/** As the hub splits an address: a browser takes others for the same. */
const PARTS = /^https?:\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/i;
const NUMBER = String.raw`[-+]?\d{1,3}(?:\.\d{1,15})?`;
const ONE = new RegExp(`^${NUMBER}$`);
const PAIR = new RegExp(`^(${NUMBER}) ?[,; ] ?(${NUMBER})$`);
const LABELLED = new RegExp(String.raw`^(${NUMBER}) ?, ?(${NUMBER}) ?(?:\((.*))?$`);
const GOOGLE_SHOWN = new RegExp(`@${NUMBER},${NUMBER}|!3d${NUMBER}!4d${NUMBER}`);
const OSM_SHOWN = new RegExp(String.raw`^(?:map=)?\d{1,2}(?:\.\d+)?/(${NUMBER})/(${NUMBER})`);
/** Only their own servers know where these lead; the car shows the name that came along. */
const SHORT = /^(?:(?:maps\.app\.goo\.gl|maps\.apple|her\.is|surl\.(?:amap|gaode)\.com|j\.map\.baidu\.com)\/[^/]|goo\.gl\/maps\/[^/]|maps\.apple\.com\/p\/[^/]|share\.here\.com\/p\/[^/]|(?:openstreetmap|osm)\.org\/(?:go\/[^/]|(?:node|way|relation)\/\d))/;

type Fields = ReadonlyMap<string, string>;
type Fits = (path: string, fields: Fields, hash: string) => boolean;

const PROGRAMS: readonly (readonly [RegExp, Fits])[] = [
  [/^maps\.google(?:\.[a-z]{2,3}){1,2}$/, google],
  [/^google(?:\.[a-z]{2,3}){1,2}$/, (path, fields) => /^\/maps(?:\/|$)/.test(path) && google(path, fields)],
  [/^maps\.apple(?:\.com)?$/, (_, fields) => ["name", "q", "address", "coordinate", "ll", "daddr", "destination", "sll"].some((key) => says(fields.get(key)))],
  [/^(?:openstreetmap\.org|osmand\.net|osm\.org)$/, openStreetMap],
  [/^(?:ul\.)?waze\.com$/, (path, fields) => /^\/ul\/h[0-9b-hjkmnp-z]{4,12}$/i.test(path) || says(fields.get("ll") ?? fields.get("to")?.replace(/^ll\./, "")) || says(fields.get("q"))],
  [/^(?:share\.here\.com|her\.is)$/, (path) => first(plain(path).replace(/^\/l\//, ""))],
  [/^(?:(?:uri|surl|m|ditu)\.(?:amap|gaode)|amap)\.com$/, amap],
  [/^(?:api\.|j\.)?map\.baidu\.com$/, (_, fields) => ["title", "name", "query"].some((key) => says(fields.get(key))) || pair(fields.get("location") ?? fields.get("latlng"))],
  [/^(?:apis\.)?map\.qq\.com$/, tencent],
];

export function place(text: string): boolean {
  const found = text.length > LONGEST ? undefined : FIRST.exec(text)?.[0];
  if (found === undefined) return false;
  const link = bare(found);
  if (link.length > LONGEST_LINK) return false;
  if (/^geo:/i.test(link)) return geo(link.slice(4));
  const [, host = "", path = "", query = "", hash = ""] = PARTS.exec(link) ?? [];
  const site = host.toLowerCase().replace(/^www\./, "");
  const fields = read(query);
  const fits = PROGRAMS.find(([of]) => of.test(site))?.[1];
  return fields !== undefined && query.split("&").length <= MOST_FIELDS && (SHORT.test(site + path) || (fits?.(path, fields, hash) ?? false));
}

/** What closes a sentence, or the brackets around an address, is none of it; brackets that open in it are. */
export function bare(link: string): string {
  const depth = new Map([...CLOSES.values()].map((sign) => [sign, 0]));
  const own = new Set<number>();
  for (let at = 0; at < link.length; at++) {
    const sign = link[at]!;
    const open = CLOSES.get(sign) ?? "";
    if (depth.has(sign)) depth.set(sign, depth.get(sign)! + 1);
    else if (depth.get(open)) {
      depth.set(open, depth.get(open)! - 1);
      own.add(at);
    }
  }
  let end = link.length;
  while (END.includes(link[end - 1] ?? " ") && !own.has(end - 1)) end--;
  return link.slice(0, end);
}

function geo(uri: string): boolean {
  const [body = "", ...rest] = uri.split("?");
  const [at = "", ...parameters] = body.split(";");
  const crs = parameters.find((one) => /^crs=/i.test(one))?.slice(4) ?? "wgs84";
  const fields = read(rest.join("?"));
  if (fields === undefined) return false;
  const asked = fields.get("q") ?? "";
  const label = LABELLED.exec(asked);
  if (label) return onEarth(label[1], label[2]) || says(label[3]);
  return says(asked) || (crs.toLowerCase() === "wgs84" && first(at));
}

function google(path: string, fields: Fields): boolean {
  const to = ["destination", "daddr"].some((key) => says(fields.get(key)));
  const [, stops] = /\/maps\/dir\/(.*)$/.exec(path) ?? [];
  if (stops !== undefined) {
    const told = stops.replace(/\/$/, "").split("/");
    const count = told.findIndex((one) => /^(?:@|data=|am=)/.test(one));
    const end = count < 0 ? told.length : count;
    return to || (end >= 2 && says(plain(told[end - 1]!)));
  }
  const named = /\/maps\/(?:place|search)\/([^/@]+)/.exec(path)?.[1] ?? "";
  return to || GOOGLE_SHOWN.test(plain(path)) || says(plain(named)) || ["query", "q", "ll", "center", "cid"].some((key) => says(fields.get(key)));
}

function openStreetMap(path: string, fields: Fields, hash: string): boolean {
  if (path.startsWith("/directions")) return pair(fields.get("route")?.split(";").pop());
  if (onEarth(fields.get("mlat") ?? fields.get("lat"), fields.get("mlon") ?? fields.get("lon"))) return true;
  const [, latitude, longitude] = OSM_SHOWN.exec(hash) ?? [];
  return pair(fields.get("pin")) || onEarth(latitude, longitude) || says(fields.get("query"));
}

function amap(_: string, fields: Fields): boolean {
  const to = ["position", "to", "dest", "location"].map((key) => fields.get(key)).find((said) => said !== undefined);
  const [longitude, latitude, name] = to?.split(",") ?? [];
  return onEarth(latitude, longitude) || says(name) || ["name", "toname", "keyword"].some((key) => says(fields.get(key)));
}

function tencent(_: string, fields: Fields): boolean {
  const told = new Map([...(fields.get("marker") ?? "").matchAll(/(?:^|;)(coord|title):([^;]*)/g)].map((one) => [one[1], one[2]]));
  return pair(told.get("coord") ?? fields.get("tocoord") ?? fields.get("center")) || [told.get("title"), fields.get("to"), fields.get("keyword")].some(says);
}

/** The last of each that is not empty counts. */
function read(query: string): Fields | undefined {
  const all = [...new URLSearchParams(`?${query}`)].map(([key, said]) => [key, said.replace(/\s+/g, " ").trim()] as const);
  if (all.some(([, said]) => SPACES.test(said))) return undefined;
  return new Map(all.filter(([, said]) => said !== ""));
}

function says(text: string | undefined): boolean {
  return text !== undefined && /[\p{L}\p{N}]/u.test(text);
}

function plain(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return "";
  }
}

/** What begins with a latitude and a longitude. */
function first(text: string): boolean {
  const [latitude, longitude] = text.split(",");
  return onEarth(latitude, longitude);
}

function pair(text: string | undefined): boolean {
  const found = PAIR.exec(text ?? "");
  return found !== null && onEarth(found[1], found[2]);
}

/** 0, 0 is what programs say that do not know. */
function onEarth(latitude = "", longitude = ""): boolean {
  if (!ONE.test(latitude) || !ONE.test(longitude)) return false;
  const [north, east] = [Number(latitude), Number(longitude)];
  return Math.abs(north) <= 90 && Math.abs(east) <= 180 && (north !== 0 || east !== 0);
}
