/** Who has a place, where there are only so many: a glass full of films would be too much for it. First come, first served. */

export class Places {
  #taken = $state.raw<readonly symbol[]>([]);
  #holds = $state(0);

  constructor(readonly most: number) {}

  /** Stand in line; returns the end of it. */
  enter(who: symbol): () => void {
    this.#taken = [...this.#taken, who];
    return () => (this.#taken = this.#taken.filter((one) => one !== who));
  }

  /** Nobody goes on for a while; returns the end of that. */
  hold(): () => void {
    this.#holds++;
    return () => void this.#holds--;
  }

  get held(): boolean {
    return this.#holds > 0;
  }

  /** Whether they have a place now. */
  has(who: symbol): boolean {
    const at = this.#taken.indexOf(who);
    return at >= 0 && at < this.most;
  }
}

/** Films on tiles: as many as the car's glass has. They rest while one is looked at in full: it has all of the browser then. */
export const onTiles = new Places(6);
