class Turn {
  at = $state(0);
}

/** Made apart from whoever reads it first: what is made while something is worked out would not tell it. */
function turn(): Turn {
  let made: Turn;
  $effect.root(() => {
    made = new Turn();
  })();
  return made!;
}

/** Who reads something that is kept elsewhere is told when it changed. Lighter than a subscriber: reading anew makes
 *  nothing, and what nobody reads costs nothing, so there may be tens of thousands. */
export class Told {
  #turn: Turn | undefined;

  /** To be called while reading: what is being worked out is worked out anew after `changed`. */
  watch(): void {
    if ($effect.tracking()) void (this.#turn ??= turn()).at;
  }

  changed(): void {
    if (this.#turn) this.#turn.at++;
  }
}
