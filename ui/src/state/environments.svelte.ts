import { call } from "../ipc/commands";
import { type IpcError, toIpcError } from "../ipc/error";
import type { EnvironmentView } from "../ipc/generated/EnvironmentView";
import type { Mark } from "../ipc/generated/Mark";
import type { Overview } from "../ipc/generated/Overview";

/** What is known of every environment, and the one that is looked at. */
export class Environments {
  overview = $state.raw<Overview | null>(null);
  trouble = $state.raw<IpcError | null>(null);
  refreshing = $state(false);
  #chosen = $state<string | null>(null);
  #received = 0;

  readonly all = $derived(this.overview?.environments ?? []);
  readonly current = $derived<EnvironmentView | null>(
    this.all.find((environment) => environment.name === this.#chosen) ?? this.all[0] ?? null,
  );
  /** What continuous integration said, by tag. */
  readonly ci = $derived(new Map((this.overview?.ci ?? []).map((one) => [one.tag, one])));
  readonly marks = $derived(groupMarks(this.current?.marks ?? []));

  async load(): Promise<void> {
    const asked = this.#received;
    try {
      const overview = await call("overview");
      // A notice that came meanwhile is newer.
      if (asked === this.#received) this.receive(overview);
    } catch (thrown) {
      this.trouble = toIpcError(thrown);
    }
  }

  receive(overview: Overview): void {
    this.#received += 1;
    this.overview = overview;
    this.trouble = null;
  }

  choose(name: string): void {
    this.#chosen = name;
  }

  find(name: string): EnvironmentView | null {
    return this.all.find((environment) => environment.name === name) ?? null;
  }

  /** Asks git and GitHub anew; the answers come as notices. */
  async refresh(): Promise<void> {
    if (this.refreshing) return;
    this.refreshing = true;
    try {
      await call("refresh");
    } finally {
      this.refreshing = false;
    }
  }

  clear(): void {
    // What is still on its way is about another repository.
    this.#received += 1;
    this.overview = null;
    this.trouble = null;
    this.#chosen = null;
  }
}

function groupMarks(marks: Mark[]): Map<string, Set<Mark["mark"]>> {
  const groups = new Map<string, Set<Mark["mark"]>>();
  for (const { tag, mark } of marks) {
    const group = groups.get(tag) ?? new Set();
    groups.set(tag, group.add(mark));
  }
  return groups;
}
