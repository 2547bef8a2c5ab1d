import { call } from "../ipc/commands";
import { type IpcError, toIpcError } from "../ipc/error";
import type { CopyFormat } from "../ipc/generated/CopyFormat";
import type { DraftView } from "../ipc/generated/DraftView";
import type { IncidentChange } from "../ipc/generated/IncidentChange";
import type { IncidentView } from "../ipc/generated/IncidentView";
import type { SettleChoice } from "../ipc/generated/SettleChoice";
import { DraftDesk } from "./draft-desk.svelte";

/** One incident, as it is looked at, changed and told about. */
export class IncidentRoom {
  view = $state.raw<IncidentView | null>(null);
  trouble = $state.raw<IpcError | null>(null);
  sending = $state(false);
  readonly desk = new DraftDesk();

  readonly destination = $derived(
    this.view?.destinations.find((one) => one.id === this.desk.destination) ?? null,
  );
  #wanted: string | null = null;
  /** What somebody came for; else the first one is shown. */
  #wish: string | null = null;

  async open(id: string): Promise<void> {
    if (this.#wanted !== id) await this.clear();
    this.#wanted = id;
    this.trouble = null;
    try {
      const view = await call("incident", { id });
      if (this.#wanted !== id) return;
      this.#keepNewer(view);
      const wish = view.destinations.find((one) => one.id === this.#wish);
      const first = wish ?? (this.desk.destination === null ? view.destinations[0] : undefined);
      this.#wish = null;
      if (first) await this.choose(first.id);
    } catch (thrown) {
      if (this.#wanted === id && this.view === null) this.trouble = toIpcError(thrown);
    }
  }

  /** Takes a notice about the incident that is looked at; the values of its draft may have changed with it. */
  receive(view: IncidentView): void {
    if (view.id !== this.#wanted) return;
    const before = this.view?.sequence ?? -1;
    this.#keepNewer(view);
    if (view.sequence > before) void this.desk.readAgain();
  }

  /** The room opens with this one. */
  wishFor(destination: string | null): void {
    this.#wish = destination;
  }

  choose(destination: string): Promise<void> {
    return this.desk.open(this.#id(), destination);
  }

  change(change: IncidentChange): Promise<null> {
    return call("change_incident", { id: this.#id(), change });
  }

  nothingNew(audience: string | null = null): Promise<null> {
    return call("nothing_new", { id: this.#id(), audience });
  }

  /** Sends what is on screen: what was typed last is saved and shown first. */
  async sendShown(): Promise<boolean> {
    await this.desk.flush();
    return this.desk.draft ? this.send([this.desk.draft]) : false;
  }

  /** Sends exactly these words. One send at a time; where they would say something else by now, they are read again. */
  async send(drafts: DraftView[]): Promise<boolean> {
    if (this.sending) return false;
    this.sending = true;
    try {
      const updates = drafts.map(({ destination, template, text, stage, seen }) => ({
        destination,
        template,
        text,
        stage,
        seen,
      }));
      await call("send_updates", { incident: this.#id(), updates });
      // What was sent is no draft any more.
      const { destination } = this.desk;
      if (drafts.some((one) => one.destination === destination)) await this.choose(destination ?? "");
      return true;
    } catch (thrown) {
      await this.desk.readAgain();
      throw thrown;
    } finally {
      this.sending = false;
    }
  }

  async copy(format: CopyFormat): Promise<string> {
    await this.desk.flush();
    return call("copy_update", { incident: this.#id(), destination: this.desk.destination ?? "", format });
  }

  settle(receipt: string, choice: SettleChoice, found: string): Promise<null> {
    return call("settle_receipt", { incident: this.#id(), receipt, choice, found });
  }

  review(receipt: string, by: string, approved: boolean, note: string): Promise<null> {
    return call("review_update", { given: { incident: this.#id(), receipt, by, approved, note } });
  }

  async clear(): Promise<void> {
    this.#wanted = null;
    this.view = null;
    this.trouble = null;
    await this.desk.clear();
  }

  #keepNewer(view: IncidentView): void {
    this.trouble = null;
    if (this.view === null || this.view.id !== view.id || view.sequence >= this.view.sequence)
      this.view = view;
  }

  #id(): string {
    return this.#wanted ?? "";
  }
}
