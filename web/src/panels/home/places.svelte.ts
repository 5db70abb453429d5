/** Who has a place, where there are only so many: a glass full of films would be too much for it. First come, first served. */

export class Places {
  #taken = $state.raw<readonly symbol[]>([]);

  constructor(readonly most: number) {}

  /** Stand in line; returns the end of it. */
  enter(who: symbol): () => void {
    this.#taken = [...this.#taken, who];
    return () => (this.#taken = this.#taken.filter((one) => one !== who));
  }

  /** Whether they have a place now. */
  has(who: symbol): boolean {
    const at = this.#taken.indexOf(who);
    return at >= 0 && at < this.most;
  }
}
