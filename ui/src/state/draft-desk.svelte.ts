import { call } from "../ipc/commands";
import { type IpcError, toIpcError } from "../ipc/error";
import type { DraftView } from "../ipc/generated/DraftView";
import { Later } from "./later";

/** Typing is saved within this many milliseconds. */
export const SAVE_WITHIN = 250;

/** The draft of one destination: what is typed here, and what the host made of it. */
export class DraftDesk {
  incident = $state<string | null>(null);
  destination = $state<string | null>(null);
  draft = $state.raw<DraftView | null>(null);
  text = $state("");
  trouble = $state.raw<IpcError | null>(null);
  /** Typed and not yet kept. */
  unsaved = $state(false);
  /** Counts texts that came from outside of the editor, so that it takes them over. */
  given = $state(0);
  #later = new Later(SAVE_WITHIN, () => this.#save());

  async open(incident: string, destination: string): Promise<void> {
    await this.flush();
    this.incident = incident;
    this.destination = destination;
    this.draft = null;
    this.trouble = null;
    await this.#ask(() => call("draft", { incident, destination }), true);
  }

  type(text: string): void {
    this.text = text;
    this.#changed();
  }

  async chooseTemplate(template: string): Promise<void> {
    this.#later.forget();
    this.unsaved = false;
    const place = this.#place();
    await this.#ask(() => call("choose_template", { ...place, template }), true);
  }

  /** Values may have changed; what is typed here stays. */
  async readAgain(): Promise<void> {
    if (this.destination === null || this.unsaved) return;
    const place = this.#place();
    await this.#ask(() => call("draft", place), false);
  }

  /** Resolves when everything that was typed is kept. */
  flush(): Promise<void> {
    return this.#later.now();
  }

  /** What was typed is kept before it goes. */
  async clear(): Promise<void> {
    await this.flush();
    this.incident = null;
    this.destination = null;
    this.draft = null;
    this.trouble = null;
    this.unsaved = false;
  }

  #changed(): void {
    this.unsaved = true;
    this.#later.ask();
  }

  async #save(): Promise<void> {
    const { draft, text } = this;
    if (!draft) return;
    const { incident, destination, template } = draft;
    const given = { incident, destination, template, text };
    await this.#ask(() => call("save_draft", { given }), false);
    if (this.destination !== destination) return;
    this.unsaved = this.trouble !== null || this.text !== text;
  }

  async #ask(question: () => Promise<DraftView>, takeText: boolean): Promise<void> {
    try {
      const draft = await question();
      if (draft.incident !== this.incident || draft.destination !== this.destination) return;
      if (this.draft && draft.revision < this.draft.revision) return;
      this.draft = draft;
      this.trouble = null;
      if (takeText) this.#take(draft);
    } catch (thrown) {
      this.trouble = toIpcError(thrown);
    }
  }

  #take(draft: DraftView): void {
    this.text = draft.text;
    this.unsaved = false;
    this.given += 1;
  }

  #place(): { incident: string; destination: string } {
    return { incident: this.incident ?? "", destination: this.destination ?? "" };
  }
}
