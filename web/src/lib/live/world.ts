/** The world around a live connection: so that it can be played in tests and in the gallery. */

export interface Wire {
  send(text: string): void;
  close(): void;
}

export interface WireEvents {
  open(): void;
  text(text: string): void;
  closed(code: number): void;
}

/** What the connection needs of the world. Times in ms. */
export interface World {
  connect(events: WireEvents): Wire;
  now(): number;
  /** Since some moment, as far as this device was awake: nobody sets it, and it is never ahead of the time that passed. */
  steady(): number;
  random(): number;
  later(ms: number, run: () => void): () => void;
}
