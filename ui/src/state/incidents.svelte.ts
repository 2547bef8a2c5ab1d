import { call } from "../ipc/commands";
import { type IpcError, toIpcError } from "../ipc/error";
import type { IncidentSummary } from "../ipc/generated/IncidentSummary";
import type { SeveritiesView } from "../ipc/generated/SeveritiesView";
import { instant } from "../words/time";

/** Every incident the journal knows: those that go on first, the worst first among them. */
export class Incidents {
  all = $state.raw<IncidentSummary[] | null>(null);
  trouble = $state.raw<IpcError | null>(null);
  /** As the team calls them; read with the list. */
  severities = $state.raw<SeveritiesView>({ usual: 2, all: [] });

  readonly open = $derived((this.all ?? []).filter((one) => one.endedAt === null).sort(worstFirst));
  readonly over = $derived((this.all ?? []).filter((one) => one.endedAt !== null));
  /** Incidents whose overdue update was said once; it is not said again until the update went out. */
  #said = new Map<string, string>();
  #received = 0;

  async load(): Promise<void> {
    const asked = this.#received;
    try {
      const [all, severities] = await Promise.all([call("incidents"), call("severities")]);
      this.severities = severities;
      // A notice that came meanwhile is newer.
      if (asked === this.#received) this.receive(all);
    } catch (thrown) {
      this.trouble = toIpcError(thrown);
    }
  }

  receive(incidents: IncidentSummary[]): void {
    this.#received += 1;
    this.all = incidents;
    this.trouble = null;
  }

  /** The incidents that became overdue since it was asked last. */
  newlyOverdue(now: number): IncidentSummary[] {
    const late = this.open.filter((one) => (instant(one.nextDue) ?? now + 1) <= now);
    const news = late.filter((one) => this.#said.get(one.id) !== one.nextDue);
    for (const one of news) this.#said.set(one.id, one.nextDue ?? "");
    return news;
  }

  clear(): void {
    // What is still on its way is about another repository.
    this.#received += 1;
    this.all = null;
    this.trouble = null;
    this.#said.clear();
  }
}

function worstFirst(one: IncidentSummary, other: IncidentSummary): number {
  return one.severity - other.severity || one.since.localeCompare(other.since);
}
