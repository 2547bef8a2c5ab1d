import { toIpcError } from "../ipc/error";
import type { Tone } from "../words/outcome";

export type Toast = { id: number; tone: Tone; title: string; body: string };

/** Long enough to read two sentences; troubles stay until they are closed. */
const SHOWN_FOR = 7000;

/** Short notes on what really happened. */
export class Toasts {
  list = $state.raw<Toast[]>([]);
  #next = 1;

  say(tone: Tone, title: string, body = ""): void {
    const toast = { id: this.#next++, tone, title, body };
    this.list = [...this.list.slice(-3), toast];
    if (tone !== "bad") setTimeout(() => this.close(toast.id), SHOWN_FOR);
  }

  trouble(thrown: unknown): void {
    const error = toIpcError(thrown);
    this.say("bad", error.message, error.hint);
  }

  close(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }
}
