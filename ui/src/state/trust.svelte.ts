import { call } from "../ipc/commands";
import { type IpcError, toIpcError } from "../ipc/error";
import type { TrustView } from "../ipc/generated/TrustView";

/** What the open repository may run on this machine. */
export class Trust {
  view = $state.raw<TrustView | null>(null);
  trouble = $state.raw<IpcError | null>(null);
  /** The dialog that shows every command is open. */
  reviewing = $state(false);
  changing = $state(false);
  #later = $state("");

  /** Commands that somebody named, and that do not run. Presets are nobody's wish yet. */
  readonly waiting = $derived(
    (this.view?.commands ?? []).filter((one) => !one.preset && !(one.granted && this.view?.repository)),
  );
  readonly #key = $derived(this.waiting.map((one) => one.hash).join());
  /** What the strip says; empty where nothing waits, or where the person wants to be left alone. */
  readonly strip = $derived.by(() => {
    if (this.waiting.length === 0 || this.#later === this.#key) return "";
    if (!this.view?.repository) return "This repository is not trusted: its commands do not run";
    if (this.waiting.some((one) => one.before))
      return "A command changed since you allowed it: it does not run";
    const one = this.waiting.length === 1;
    return one ? "A new command does not run yet" : `${this.waiting.length} new commands do not run yet`;
  });

  async load(): Promise<void> {
    try {
      this.view = await call("trust");
      this.trouble = null;
    } catch (thrown) {
      this.trouble = toIpcError(thrown);
    }
  }

  trustRepository(trusted: boolean): Promise<void> {
    return this.#change(() => call("trust_repository", { trusted }));
  }

  grant(hash: string): Promise<void> {
    return this.#change(() => call("grant_command", { hash }));
  }

  withdraw(hash: string): Promise<void> {
    return this.#change(() => call("withdraw_command", { hash }));
  }

  /** Leaves the person alone until something else waits. */
  later(): void {
    this.#later = this.#key;
  }

  clear(): void {
    this.view = null;
    this.trouble = null;
    this.reviewing = false;
    this.#later = "";
  }

  /** One change at a time. */
  async #change(change: () => Promise<TrustView>): Promise<void> {
    if (this.changing) return;
    this.changing = true;
    try {
      this.view = await change();
    } finally {
      this.changing = false;
    }
  }
}
