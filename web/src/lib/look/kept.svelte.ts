/** Something worked out once and kept until what it is made of changes, however many ask for it. */
export class Kept<T> {
  readonly #value: T;

  constructor(make: () => T) {
    this.#value = $derived.by(make);
  }

  get value(): T {
    return this.#value;
  }
}
