const FIRST = 500;
const LONGEST = 5_000;

/** How long to wait before the next try, in ms: doubling, with half of it left to chance so that a whole house of
 *  screens does not knock at the same moment when the hub returns. */
export function backoff(tries: number, chance: number): number {
  const most = Math.min(LONGEST, FIRST * 2 ** Math.min(tries, 10));
  return most / 2 + (most / 2) * chance;
}
