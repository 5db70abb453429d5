/** Path globs as the hub's grants have them: `**`, a thing's or any thing's signals, a closing `**` for any number of words. */

function pattern(glob: string): string {
  if (glob === "**") return "[^@].*";
  const at = glob.indexOf("/");
  const head = glob.slice(0, at) === "*" ? "[^/@]+" : escape(glob.slice(0, at)).replace("_\\*", "_[^/@]+");
  const words = glob.slice(at + 1).split(".");
  const open = words.at(-1) === "**";
  if (open) words.pop();
  const body = words.map((word) => (word === "*" ? "[^.]+" : escape(word))).join("\\.");
  return `${head}/${open ? (body ? `${body}(?:\\..+)?` : ".+") : body}`;
}

function escape(text: string): string {
  return text.replace(/[^A-Za-z0-9_]/g, "\\$&");
}

/** A test whether a path fits any of the globs. */
export function matcher(globs: readonly string[]): (path: string) => boolean {
  if (globs.length === 0) return () => false;
  const all = new RegExp(`^(?:${globs.map(pattern).join("|")})$`);
  return (path) => all.test(path);
}
