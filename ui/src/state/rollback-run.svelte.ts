import { call } from "../ipc/commands";
import { type IpcError, toIpcError } from "../ipc/error";
import type { Choice } from "../ipc/generated/Choice";
import type { RollbackView } from "../ipc/generated/RollbackView";

/** Lines of the log that stay on screen; the whole log is in the journal and on GitHub. */
export const LOG_LIMIT = 5000;

/** One rollback, as it is started, watched and decided. */
export class RollbackRun {
  view = $state.raw<RollbackView | null>(null);
  trouble = $state.raw<IpcError | null>(null);
  starting = $state(false);
  /** The request that is on its way, so that its button cannot send it again. */
  asking = $state<"undo" | "stop" | Choice["id"] | null>(null);

  readonly log = $derived(this.view?.log.slice(-LOG_LIMIT) ?? []);
  #wanted: string | null = null;

  /** Starts a rollback once: a second click while the first is on its way does nothing. */
  async start(environment: string, tag: string, reason = ""): Promise<RollbackView | null> {
    if (this.starting) return null;
    this.starting = true;
    try {
      const view = await call("start_rollback", { environment, tag, reason });
      this.#wanted = view.id;
      this.trouble = null;
      // A notice may have overtaken the answer.
      if (this.view?.id === view.id) this.receive(view);
      else this.view = view;
      return view;
    } finally {
      this.starting = false;
    }
  }

  async open(id: string): Promise<void> {
    if (this.#wanted !== id) this.view = null;
    this.#wanted = id;
    this.trouble = null;
    try {
      const view = await call("rollback", { id });
      if (this.#wanted === id) this.#keepNewer(view);
    } catch (thrown) {
      if (this.#wanted === id && this.view === null) this.trouble = toIpcError(thrown);
    }
  }

  /** Takes a notice about the rollback that is looked at; one that was overtaken is dropped. */
  receive(view: RollbackView): void {
    if (view.id === this.#wanted) this.#keepNewer(view);
  }

  giveReason(reason: string): Promise<null> {
    return call("give_reason", { id: this.#id(), reason });
  }

  undo(): Promise<void> {
    return this.#ask("undo", () => call("undo_rollback", { id: this.#id() }));
  }

  stop(): Promise<void> {
    return this.#ask("stop", () => call("stop_rollback", { id: this.#id() }));
  }

  choose(choice: Choice["id"]): Promise<void> {
    return this.#ask(choice, () => call("choose", { id: this.#id(), choice }));
  }

  clear(): void {
    this.#wanted = null;
    this.view = null;
    this.trouble = null;
  }

  async #ask(what: NonNullable<RollbackRun["asking"]>, request: () => Promise<null>): Promise<void> {
    if (this.asking !== null) return;
    this.asking = what;
    try {
      await request();
    } finally {
      this.asking = null;
    }
  }

  #keepNewer(view: RollbackView): void {
    if (this.view === null || this.view.id !== view.id || view.sequence >= this.view.sequence)
      this.view = view;
  }

  #id(): string {
    return this.#wanted ?? "";
  }
}
