/** How hard a password is to guess, 0 to 4, for the meter. The hub decides; this only helps while typing. */

const COMMON = /password|passwort|qwert|azerty|letmein|welcome|iloveyou|monkey|dragon|master|admin|wayhome|woaini|mima|hallo|sommer|test|abc|123|111|000/gi;

/** The hub takes none with fewer characters. */
const LEAST = 10;

/** How many characters are missing yet. */
export const missing = (password: string): number => Math.max(0, LEAST - [...password].length);

/** After zxcvbn: what is well known, repeated or in a row counts as one sign; the rest by its kind. */
export function strength(password: string, own: string[] = []): 0 | 1 | 2 | 3 | 4 {
  let rest = password;
  for (const word of own) if (word.length > 2) rest = rest.replaceAll(new RegExp(word.replace(/[^\p{L}\p{N}]/gu, "."), "giu"), "*");
  rest = rest.replace(COMMON, "*").replace(/(.)\1+/gu, "$1");
  let signs = 0;
  let before = 0;
  for (const letter of rest) {
    const code = letter.codePointAt(0) ?? 0;
    signs += Math.abs(code - before) <= 1 ? 0.3 : 1;
    before = code;
  }
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\p{N}/u, /[^\p{L}\p{N}]/u].filter((kind) => kind.test(rest)).length;
  const wide = /[^\u0000-\u024f]/u.test(rest) ? 2 : 1;
  const power = signs * (0.85 + 0.22 * kinds) * wide;
  if (missing(password) > 0) return power < 6 ? 0 : 1;
  return power < 9 ? 1 : power < 13 ? 2 : power < 18 ? 3 : 4;
}
