const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;

/** A deed that failed and is tried again, each time after a pause twice as long as the one before. */
export class Again {
  #timer: ReturnType<typeof setTimeout> | null = null;
  #pause = FIRST_PAUSE;
  readonly #deed: () => void;

  constructor(deed: () => void) {
    this.#deed = deed;
  }

  ask(): void {
    if (this.#timer !== null) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#deed();
    }, this.#pause);
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
  }

  /** It worked, or is not wanted any more. */
  done(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#pause = FIRST_PAUSE;
  }
}
