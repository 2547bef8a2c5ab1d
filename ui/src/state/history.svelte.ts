import { call } from "../ipc/commands";
import { type IpcError, toIpcError } from "../ipc/error";
import type { RollbackSummary } from "../ipc/generated/RollbackSummary";

/** Every rollback the journal knows, newest first. */
export class History {
  rollbacks = $state.raw<RollbackSummary[] | null>(null);
  trouble = $state.raw<IpcError | null>(null);

  async load(): Promise<void> {
    try {
      this.rollbacks = await call("rollbacks");
      this.trouble = null;
    } catch (thrown) {
      this.trouble = toIpcError(thrown);
    }
  }

  clear(): void {
    this.rollbacks = null;
    this.trouble = null;
  }
}
