/** A deed that waits until nothing new was asked for a while, and never runs beside itself. */
export class Later {
  #timer: ReturnType<typeof setTimeout> | null = null;
  #running: Promise<void> = Promise.resolve();
  readonly #wait: number;
  readonly #deed: () => Promise<void>;

  constructor(wait: number, deed: () => Promise<void>) {
    this.#wait = wait;
    this.#deed = deed;
  }

  /** A deed that is asked for again and again still runs once in every `wait`. */
  ask(): void {
    this.#timer ??= setTimeout(() => void this.now(), this.#wait);
  }

  /** Runs what waits, and resolves when it and all before it are done. */
  now(): Promise<void> {
    if (this.#timer !== null) {
      this.forget();
      this.#running = this.#running.then(this.#deed);
    }
    return this.#running;
  }

  /** Drops what waits. */
  forget(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
