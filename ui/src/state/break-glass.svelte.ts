import { call } from "../ipc/commands";
import { type IpcError, toIpcError } from "../ipc/error";
import type { BreakGlassView } from "../ipc/generated/BreakGlassView";

/** The page of one environment, as it was last prepared. */
export class BreakGlass {
  page = $state.raw<BreakGlassView | null>(null);
  trouble = $state.raw<IpcError | null>(null);
  #wanted: string | null = null;

  async load(environment: string): Promise<void> {
    if (this.#wanted !== environment) this.clear();
    this.#wanted = environment;
    try {
      const page = await call("break_glass", { environment });
      if (this.#wanted !== environment) return;
      this.page = page;
      this.trouble = null;
    } catch (thrown) {
      if (this.#wanted === environment && this.page === null) this.trouble = toIpcError(thrown);
    }
  }

  clear(): void {
    this.#wanted = null;
    this.page = null;
    this.trouble = null;
  }
}
