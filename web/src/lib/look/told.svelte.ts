/** Who reads something that is kept elsewhere is told when it changed. Lighter than a subscriber: reading it makes
 *  nothing, so that what is read ten times a second costs no more than a look. */
export class Told {
  #turn = $state(0);

  /** To be called while reading: what is being worked out is worked out anew after `changed`. */
  watch(): void {
    void this.#turn;
  }

  changed(): void {
    this.#turn++;
  }
}
