const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** A fresh ULID: 48 bits of time, 80 of chance; sorts by time. */
export function ulid(now: number, random: (bytes: Uint8Array<ArrayBuffer>) => void): string {
  let time = Math.floor(now);
  let head = "";
  for (let i = 0; i < 10; i++) {
    head = LETTERS[time % 32]! + head;
    time = Math.floor(time / 32);
  }
  const bytes = new Uint8Array(16);
  random(bytes);
  let tail = "";
  for (const byte of bytes) tail += LETTERS[byte % 32]!;
  return head + tail;
}

/** One of this moment. */
export const stamp = (): string => ulid(Date.now(), (bytes) => crypto.getRandomValues(bytes));

/** A fresh name for what somebody makes: PERSON:ULID. */
export function named(person: string): string {
  return `${person}:${stamp().toLowerCase()}`;
}
