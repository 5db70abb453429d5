/** When and how long work is done. Times in ms. */
export interface Pace {
  now(): number;
  /** A finer clock, that nobody sets. */
  lap(): number;
  later(ms: number, run: () => void): () => void;
  /** Run when nothing else is to be done; `left`: how long there is time. */
  idle(run: (left: () => number) => void): void;
  /** A turn for everybody else. */
  breath(): Promise<void>;
  stamp(): string;
  /** Resolves once no other page of this browser keeps the picture; `false`: that can't be known here. */
  alone(): Promise<boolean>;
}
