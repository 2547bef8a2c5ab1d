import { call } from "../ipc/commands";
import { type IpcError, toIpcError } from "../ipc/error";
import type { ActionChange } from "../ipc/generated/ActionChange";
import type { ExportView } from "../ipc/generated/ExportView";
import type { LineChange } from "../ipc/generated/LineChange";
import type { MergeSide } from "../ipc/generated/MergeSide";
import type { MergeView } from "../ipc/generated/MergeView";
import type { PostmortemView } from "../ipc/generated/PostmortemView";
import { Later } from "./later";

export const SAVE_PAPER_WITHIN = 300;

/** One post-mortem on the desk: its text as it is typed, and all that stands beside it. */
export class Paper {
  view = $state.raw<PostmortemView | null>(null);
  trouble = $state.raw<IpcError | null>(null);
  unsaved = $state(false);
  /** Why the last save did not happen; what was typed is still here. */
  saveTrouble = $state.raw<IpcError | null>(null);
  /** What the repository's copy says else, until somebody chose. */
  merge = $state.raw<MergeView | null>(null);
  /** What the last save has to say: somebody else saved too. */
  note = $state("");
  /** Counts texts that came from outside of the editor. */
  given = $state(0);
  /** Asks the editor for its text only when it is needed: a large one is not copied at every key. */
  #read: (() => string) | null = null;
  #text = "";
  #wanted: string | null = null;
  #later = new Later(SAVE_PAPER_WITHIN, () => this.#save());

  async open(id: string): Promise<void> {
    await this.flush();
    if (this.#wanted !== id) this.#reset();
    this.#wanted = id;
    try {
      const view = await call("postmortem", { id });
      if (this.#wanted === id) this.#take(view);
    } catch (thrown) {
      if (this.#wanted === id) this.trouble = toIpcError(thrown);
    }
  }

  /** The text as it stands now. */
  text(): string {
    return this.#read?.() ?? this.#text;
  }

  typed(read: () => string): void {
    this.#read = read;
    this.unsaved = true;
    this.#later.ask();
  }

  flush(): Promise<void> {
    return this.#later.now();
  }

  async changeLine(change: LineChange): Promise<void> {
    this.#beside(await call("change_line", { id: this.#id(), change }));
  }

  /** Actions stand in the text: what was typed is kept first, and the text comes back changed. */
  async changeAction(change: ActionChange): Promise<void> {
    await this.flush();
    this.#take(await call("change_action", { id: this.#id(), change }));
  }

  async setMoment(landmark: string, at: string | null, reason: string): Promise<void> {
    this.#beside(await call("set_moment", { id: this.#id(), landmark, at, reason }));
  }

  async restore(revision: string): Promise<void> {
    await this.flush();
    this.#take(await call("restore_postmortem", { id: this.#id(), revision }));
  }

  /** Pushes it as a branch; where the repository's copy went apart, that is shown and a person chooses. */
  async openPullRequest(sides: MergeSide[] = []): Promise<ExportView> {
    await this.flush();
    const opened = await call("open_pull_request", { id: this.#id(), sides });
    this.merge = opened.merge;
    if (opened.merge === null) this.#take(await call("postmortem", { id: this.#id() }));
    return opened;
  }

  /** What was typed is kept before it goes. */
  async clear(): Promise<void> {
    await this.flush();
    this.#reset();
  }

  #reset(): void {
    this.#wanted = null;
    this.#read = null;
    this.view = null;
    this.merge = null;
    this.note = "";
    this.trouble = null;
    this.saveTrouble = null;
    this.unsaved = false;
  }

  async #save(): Promise<void> {
    const { view } = this;
    const text = this.text();
    if (!view) return;
    try {
      const saved = await call("save_postmortem", { id: view.id, base: view.revision, text });
      if (this.#wanted !== view.id || !this.view) return;
      this.#text = text;
      this.view = { ...this.view, revision: saved.revision, savedAt: saved.savedAt };
      this.saveTrouble = null;
      this.note = saved.note ?? "";
      this.unsaved = this.text() !== text;
      // Both texts together; what was typed in between is saved on top of it.
      if (saved.text !== null && !this.unsaved) this.#take({ ...this.view, text: saved.text });
    } catch (thrown) {
      this.saveTrouble = toIpcError(thrown);
    }
  }

  #take(view: PostmortemView): void {
    this.#later.forget();
    this.view = view;
    this.#text = view.text;
    this.#read = null;
    this.trouble = null;
    this.saveTrouble = null;
    this.unsaved = false;
    this.given += 1;
  }

  /** Takes what stands beside the text; the text itself is the editor's while it is open. */
  #beside(view: PostmortemView): void {
    if (view.id !== this.#wanted || !this.view) return;
    this.view = { ...view, text: this.view.text, revision: this.view.revision, savedAt: this.view.savedAt };
  }

  #id(): string {
    return this.#wanted ?? "";
  }
}
