import { call } from "../ipc/commands";
import { type IpcError, toIpcError } from "../ipc/error";
import type { ActionChange } from "../ipc/generated/ActionChange";
import type { ExportView } from "../ipc/generated/ExportView";
import type { LineChange } from "../ipc/generated/LineChange";
import type { MergeChoice } from "../ipc/generated/MergeChoice";
import type { MergeView } from "../ipc/generated/MergeView";
import type { PaperNews } from "../ipc/generated/PaperNews";
import type { PostmortemView } from "../ipc/generated/PostmortemView";
import { Later } from "./later";

/** With the way to the host and the disk, it stays well below the 300 ms that a person may lose. */
export const SAVE_PAPER_WITHIN = 80;

/** What can be undone is kept behind the text, once nobody types for a moment. */
const KEEP_UNDO_WITHIN = 600;
/** A history beyond this is let go: it would be written again and again. */
const MOST_UNDO = 500_000;

/** One post-mortem on the desk: its text as it is typed, and all that stands beside it. */
export class Paper {
  view = $state.raw<PostmortemView | null>(null);
  trouble = $state.raw<IpcError | null>(null);
  unsaved = $state(false);
  /** Why the last save did not happen; what was typed is still here. */
  saveTrouble = $state.raw<IpcError | null>(null);
  /** The troubleshooting guide gets an entry in the same pull request. */
  troubleshooting = $state(false);
  /** What the repository's copy says else, until somebody chose. */
  merge = $state.raw<MergeView | null>(null);
  /** What GitHub and the repository say, once they answered. */
  news = $state.raw<PaperNews | null>(null);
  /** What the last save has to say: somebody else saved too. */
  note = $state("");
  /** Counts texts that came from outside of the editor. */
  given = $state(0);
  /** Asks the editor for its text only when it is needed: a large one is not copied at every key. */
  #read: (() => string) | null = null;
  #text = "";
  #changes = 0;
  #wanted: string | null = null;
  #later = new Later(SAVE_PAPER_WITHIN, () => this.#save());
  #undo: (() => string) | null = null;
  #undoLater = new Later(KEEP_UNDO_WITHIN, () => this.#keepUndo());

  async open(id: string): Promise<void> {
    await this.flush();
    if (this.#wanted !== id) this.#reset();
    this.#wanted = id;
    try {
      const view = await call("postmortem", { id });
      if (this.#wanted !== id) return;
      this.#take(view);
      if (view.editable) void this.look();
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
    this.#changes += 1;
    this.unsaved = true;
    this.#later.ask();
  }

  /** Whom to ask what can be undone in the text that is open. */
  undoFrom(read: () => string): void {
    this.#undo = read;
  }

  async flush(): Promise<void> {
    await this.#later.now();
    await this.#undoLater.now();
  }

  async changeLine(change: LineChange): Promise<void> {
    this.#beside(await call("change_line", { id: this.#id(), change }));
  }

  /** Actions stand in the text: what was typed is kept first, and the text comes back changed. */
  async changeAction(change: ActionChange): Promise<void> {
    await this.flush();
    this.#take(await call("change_action", { id: this.#id(), change }));
  }

  /** What was typed is kept first, for the number is written into the text. */
  async createTicket(action: string): Promise<void> {
    await this.flush();
    this.#take(await call("create_ticket", { id: this.#id(), action }));
    void this.look();
  }

  /** Without an answer what was known stays. */
  async look(): Promise<void> {
    const id = this.#wanted;
    if (id === null) return;
    const news = await call("postmortem_news", { id }).catch(() => null);
    if (news === null || id !== this.#wanted || !this.view) return;
    this.news = news;
    this.view = { ...this.view, state: news.state, pullRequest: news.pullRequest };
  }

  async setMoment(landmark: string, at: string | null, reason: string): Promise<void> {
    this.#beside(await call("set_moment", { id: this.#id(), landmark, at, reason }));
  }

  async restore(revision: string): Promise<void> {
    await this.flush();
    this.#take(await call("restore_postmortem", { id: this.#id(), revision }));
  }

  /** Pushes it as a branch; where the repository's copy went apart, that is shown and a person chooses. */
  async openPullRequest(choices: MergeChoice[] = []): Promise<ExportView> {
    await this.flush();
    const { troubleshooting } = this;
    const opened = await call("open_pull_request", { id: this.#id(), choices, troubleshooting });
    this.merge = opened.merge;
    if (opened.merge === null) {
      this.#take(await call("postmortem", { id: this.#id() }));
      void this.look();
    }
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
    this.#undo = null;
    this.view = null;
    this.merge = null;
    this.news = null;
    this.troubleshooting = false;
    this.note = "";
    this.trouble = null;
    this.saveTrouble = null;
    this.unsaved = false;
  }

  async #save(): Promise<void> {
    const { view } = this;
    const changes = this.#changes;
    const text = this.text();
    if (!view) return;
    try {
      const saved = await call("save_postmortem", { id: view.id, base: view.revision, text });
      if (this.#wanted !== view.id || !this.view) return;
      this.#text = text;
      this.view = { ...this.view, revision: saved.revision, savedAt: saved.savedAt };
      this.saveTrouble = null;
      this.note = saved.note ?? "";
      this.unsaved = this.#changes !== changes;
      this.#undoLater.ask();
      // Both texts together; what was typed in between is saved on top of it.
      if (saved.text !== null && !this.unsaved) this.#take({ ...this.view, text: saved.text });
    } catch (thrown) {
      this.saveTrouble = toIpcError(thrown);
    }
  }

  /** A convenience: where it cannot be kept, the text is, and nobody is disturbed. */
  async #keepUndo(): Promise<void> {
    const { view } = this;
    const undo = this.#undo?.() ?? "";
    if (!view || this.unsaved || undo === "" || undo.length > MOST_UNDO) return;
    await call("keep_undo", { id: view.id, revision: view.revision, undo }).catch(() => undefined);
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
