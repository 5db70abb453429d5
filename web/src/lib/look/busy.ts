/** Whether somebody is in the middle of something that loading the page anew would lose. */

const TYPED = "input, textarea";

export class Busy {
  readonly #typed = new Set<HTMLInputElement | HTMLTextAreaElement>();

  constructor(readonly root: Document) {
    root.addEventListener("input", ({ target }) => {
      const field = target instanceof Element ? target.closest<HTMLInputElement | HTMLTextAreaElement>(TYPED) : null;
      if (field) this.#typed.add(field);
    });
  }

  get now(): boolean {
    for (const field of this.#typed) if (!field.isConnected || field.value === "") this.#typed.delete(field);
    const focused = this.root.activeElement;
    return this.#typed.size > 0 || focused?.matches(`${TYPED}, [contenteditable]`) === true || this.root.querySelector("dialog[open], [role=dialog], [data-arranging]") !== null;
  }
}
