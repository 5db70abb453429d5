/** Names of files, which somebody else has chosen. */

const LONGEST = 180;
/** What no system takes in a name, what separates folders, and what turns the direction of writing: `exe.gpj` is no picture. */
const BAD = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff/\\:*?"<>|]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
/** Devices of another system. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;

/** A name under which a file can be saved: it leads nowhere, shows its ending, and is not too long. */
export function safe(name: string): string {
  const clean = name.normalize("NFC").replace(BAD, "_").replace(/\s+/g, " ").trim().replace(/^\.+/, (dots) => "_".repeat(dots.length)).replace(/[. ]+$/, "");
  const named = clean.replace(DEVICE, "_$1") || "file";
  return fits(named) ? named : cut(named);
}

const fits = (name: string): boolean => new TextEncoder().encode(name).length <= LONGEST;

/** Shorter, with its ending. */
function cut(name: string): string {
  const at = name.lastIndexOf(".");
  const ending = at > 0 && name.length - at <= 12 ? name.slice(at) : "";
  let signs = [...name.slice(0, name.length - ending.length)];
  while (!fits(signs.join("") + ending)) signs = signs.slice(0, Math.max(1, signs.length - 4));
  return signs.join("").trimEnd() + ending;
}
