import { call } from "../ipc/commands";
import type { GuardView } from "../ipc/generated/GuardView";

/** What became of the offers to deploy workflows, for as long as the window is open. */
export class Guards {
  found = $state.raw<ReadonlyMap<string, GuardView>>(new Map());
  asking = $state<string | null>(null);

  /** One offer at a time: each may open a pull request. */
  async offer(environment: string): Promise<void> {
    if (this.asking !== null) return;
    this.asking = environment;
    try {
      const guard = await call("offer_guard", { environment });
      this.found = new Map(this.found).set(environment, guard);
    } finally {
      this.asking = null;
    }
  }

  clear(): void {
    this.found = new Map();
  }
}
