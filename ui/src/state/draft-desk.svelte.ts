import { call } from "../ipc/commands";
import { type IpcError, toIpcError } from "../ipc/error";
import type { DraftGiven } from "../ipc/generated/DraftGiven";
import type { DraftView } from "../ipc/generated/DraftView";
import type { Stage } from "../ipc/generated/Stage";
import { Later } from "./later";

/** Typing is saved within this many milliseconds. */
export const SAVE_WITHIN = 100;

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
  /** Nobody typed it: the words follow what happens. */
  readonly untouched = $derived(this.draft?.savedAt === null && !this.unsaved);
  #later = new Later(SAVE_WITHIN, () => this.#save());
  #looking = false;

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
    void this.#look();
  }

  async chooseTemplate(template: string): Promise<void> {
    this.#later.forget();
    this.unsaved = false;
    const place = this.#place();
    await this.#ask(() => call("choose_template", { ...place, template }), true);
  }

  /** Typed words stay; others are those that fit the stage. */
  async chooseStage(stage: Stage): Promise<void> {
    await this.flush();
    const place = this.#place();
    await this.#ask(() => call("choose_stage", { ...place, stage }), this.untouched);
  }

  /** Values may have changed; what is typed here stays. */
  async readAgain(): Promise<void> {
    if (this.destination === null || this.unsaved) return;
    const place = this.#place();
    await this.#ask(() => call("draft", place), this.untouched);
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
    const given = this.#typed();
    if (!given) return;
    await this.#ask(() => call("save_draft", { given }), false);
    if (this.destination !== given.destination) return;
    this.unsaved = this.trouble !== null || this.text !== given.text;
  }

  /** Shows what is being typed as it will look, without waiting for its saving; the newest text is looked at last. */
  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      for (let given = this.#typed(); given; ) {
        const looked = given;
        const seen = await call("preview_update", { given: looked });
        if (this.draft && this.#isHere(looked) && this.text === looked.text)
          this.draft = { ...seen, revision: this.draft.revision, savedAt: this.draft.savedAt };
        const next = this.#typed();
        given = next && next.text !== looked.text ? next : null;
      }
    } catch {
      // Saving says what is wrong.
    } finally {
      this.#looking = false;
    }
  }

  #typed(): DraftGiven | null {
    if (!this.draft) return null;
    const { incident, destination, template, stage } = this.draft;
    return { incident, destination, template, text: this.text, stage };
  }

  #isHere(given: DraftGiven): boolean {
    return given.incident === this.incident && given.destination === this.destination;
  }

  async #ask(question: () => Promise<DraftView>, takeText: boolean): Promise<void> {
    try {
      const draft = await question();
      if (draft.incident !== this.incident || draft.destination !== this.destination) return;
      if (this.draft && draft.revision < this.draft.revision) return;
      this.draft = draft;
      this.trouble = null;
      if (takeText && !this.unsaved) this.#take(draft);
    } catch (thrown) {
      this.trouble = toIpcError(thrown);
    }
  }

  #take(draft: DraftView): void {
    if (this.text === draft.text && this.given > 0) return;
    this.text = draft.text;
    this.given += 1;
  }

  #place(): { incident: string; destination: string } {
    return { incident: this.incident ?? "", destination: this.destination ?? "" };
  }
}
