import { call } from "../ipc/commands";
import type { IncidentView } from "../ipc/generated/IncidentView";

/** Who was told about one incident, seen from beside it. A glance that fails shows nothing and says nothing. */
export class PeopleGlance {
  view = $state.raw<IncidentView | null>(null);
  #wanted: string | null = null;

  async look(incident: string | null): Promise<void> {
    if (this.#wanted === incident) return;
    this.#wanted = incident;
    this.view = null;
    if (incident === null) return;
    try {
      const view = await call("incident", { id: incident });
      this.receive(view);
    } catch {
      // Its room says what is wrong.
    }
  }

  receive(view: IncidentView): void {
    if (view.id !== this.#wanted) return;
    if (this.view === null || view.sequence >= this.view.sequence) this.view = view;
  }

  clear(): void {
    this.#wanted = null;
    this.view = null;
  }
}
