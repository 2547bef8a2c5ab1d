import { call } from "../ipc/commands";
import { type IpcError, toIpcError } from "../ipc/error";
import type { LibraryView } from "../ipc/generated/LibraryView";
import type { PostmortemSummary } from "../ipc/generated/PostmortemSummary";
import type { TicketView } from "../ipc/generated/TicketView";
import { Later } from "./later";

/** The host searches: a text of megabytes does not come here to be looked through. */
const LOOK_WITHIN = 120;

/** All post-mortems, and what was looked for among them. */
export class Library {
  view = $state.raw<LibraryView | null>(null);
  /** Every one of them, for those who look for one from elsewhere. */
  all = $state.raw<PostmortemSummary[]>([]);
  trouble = $state.raw<IpcError | null>(null);
  query = $state("");
  factor = $state<string | null>(null);
  /** How the tickets of open actions stand, once GitHub told. */
  tickets = $state.raw<TicketView[]>([]);
  /** Whose metrics are shown; the first one until somebody chooses. */
  environment = $state<string | null>(null);
  #later = new Later(LOOK_WITHIN, () => this.load());
  #asked = 0;
  /** Another repository has others. */
  #cleared = 0;

  readonly found = $derived(
    (this.view?.postmortems ?? []).filter((one) => this.factor === null || one.factors.includes(this.factor)),
  );

  async load(): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    const { environment, query } = this;
    try {
      const view = await call("postmortems", { environment, query });
      if (asked !== this.#asked) return;
      this.view = view;
      this.trouble = null;
    } catch (thrown) {
      if (asked === this.#asked) this.trouble = toIpcError(thrown);
    }
  }

  /** What it lacks is told by the library itself. */
  async glance(): Promise<void> {
    const cleared = this.#cleared;
    const view = await call("postmortems", { environment: null, query: "" }).catch(() => null);
    if (view && cleared === this.#cleared) this.all = view.postmortems;
  }

  /** Asks GitHub; without an answer what was known stays. */
  async followTickets(): Promise<void> {
    const cleared = this.#cleared;
    const tickets = await call("open_tickets").catch(() => null);
    if (tickets && cleared === this.#cleared) this.tickets = tickets;
  }

  look(query: string): void {
    this.query = query;
    this.#later.ask();
  }

  async choose(environment: string): Promise<void> {
    this.environment = environment;
    await this.load();
  }

  clear(): void {
    this.#later.forget();
    this.#asked += 1;
    this.#cleared += 1;
    this.view = null;
    this.all = [];
    this.tickets = [];
    this.trouble = null;
    this.query = "";
    this.factor = null;
    this.environment = null;
  }
}
