const TICK = 1000;

/** The time that ages and stopwatches show. Ticks once a second, and only while the window can be seen. */
export class Clock {
  now = $state(Date.now());
  #timer: ReturnType<typeof setInterval> | null = null;

  /** Starts ticking; returns the way to stop. */
  start(): () => void {
    const follow = () => this.#follow();
    document.addEventListener("visibilitychange", follow);
    this.#follow();
    return () => {
      document.removeEventListener("visibilitychange", follow);
      this.#pause();
    };
  }

  #follow(): void {
    this.#pause();
    if (document.visibilityState === "hidden") return;
    this.now = Date.now();
    this.#timer = setInterval(() => {
      this.now = Date.now();
    }, TICK);
  }

  #pause(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }
}
