/** Saying to the hub what could not be said: at once, and then again and again, less and less often. */

/** After the first try, in ms; twice as long after each other one. */
const FIRST = 5_000;
const LONGEST = 300_000;

/** Goes on until what it returns is called. */
export function trying(tell: () => unknown): () => void {
  let wait = FIRST;
  let timer: ReturnType<typeof setTimeout>;
  const next = () => {
    void tell();
    timer = setTimeout(next, wait);
    wait = Math.min(2 * wait, LONGEST);
  };
  next();
  return () => clearTimeout(timer);
}
