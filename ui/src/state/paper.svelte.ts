import { call } from "../ipc/commands";
import { type IpcError, toIpcError } from "../ipc/error";
import type { ActionChange } from "../ipc/generated/ActionChange";
import type { ExportView } from "../ipc/generated/ExportView";
import type { LineChange } from "../ipc/generated/LineChange";
import type { MergeChoice } from "../ipc/generated/MergeChoice";
import type { MergeView } from "../ipc/generated/MergeView";
import type { PaperNews } from "../ipc/generated/PaperNews";
import type { PostmortemView } from "../ipc/generated/PostmortemView";
import { Again } from "./again";
import { Later } from "./later";
import { LeftPapers } from "./left-papers";

/** With the way to the host and the disk, it stays well below the 300 ms that a person may lose. */
export const SAVE_PAPER_WITHIN = 80;

/** What can be undone is kept behind the text, once nobody types for a moment. */
const KEEP_UNDO_WITHIN = 600;
/** A history beyond this is let go: it would be written again and again. */
const MOST_UNDO = 500_000;

/** What writes in the text; it answers for what it held also when it is gone. */
type Editor = { read(): string; undo(): string };

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
  #again = new Again(() => this.#later.ask());
  #left = new LeftPapers();
  #editor: Editor | null = null;
  #undoLater = new Later(KEEP_UNDO_WITHIN, () => this.#keepUndo());

  async open(id: string): Promise<void> {
    await this.flush();
    if (this.#wanted !== id) this.#reset();
    this.#wanted = id;
    const changes = this.#changes;
    try {
      const view = await call("postmortem", { id });
      if (this.#wanted !== id) return;
      if (this.view) this.#bring(view, changes);
      else this.#begin(view);
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

  /** Whom to ask what can be undone. */
  writtenIn(editor: Editor): void {
    this.#editor = editor;
  }

  /** What can be undone in the text as it stands now; nothing where that belongs to another text. */
  undo(): string | null {
    if (this.#editor && this.#editor.read() === this.text()) return this.#editor.undo();
    return this.#read === null ? (this.view?.undo ?? null) : null;
  }

  async flush(): Promise<void> {
    // What could not be kept is tried once more, for somebody waits for it.
    if (this.saveTrouble !== null) this.#later.ask();
    await this.#later.now();
    await this.#undoLater.now();
  }

  /** Keeps what was typed, or says why that cannot be: nothing may leave without it. */
  async keep(): Promise<void> {
    await this.flush();
    if (this.saveTrouble !== null) throw this.saveTrouble;
  }

  /** Nobody looks any more. What could not be kept is tried on; then this says why. */
  async leave(): Promise<IpcError | null> {
    const id = this.#wanted;
    await this.flush();
    if (id === null) return null;
    return id === this.#wanted ? this.saveTrouble : (this.#left.find(id)?.trouble ?? null);
  }

  async changeLine(change: LineChange): Promise<void> {
    this.#beside(await call("change_line", { id: this.#id(), change }));
  }

  /** Actions stand in the text: what was typed is kept first, and the text comes back changed. */
  async changeAction(change: ActionChange): Promise<void> {
    await this.flush();
    const changes = this.#changes;
    this.#bring(await call("change_action", { id: this.#id(), change }), changes);
  }

  /** What was typed is kept first, for the number is written into the text. */
  async createTicket(action: string): Promise<void> {
    await this.flush();
    const changes = this.#changes;
    const id = this.#id();
    this.#bring(await call("create_ticket", { id, action }), changes);
    if (id === this.#wanted) void this.look();
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
    await this.keep();
    const changes = this.#changes;
    this.#bring(await call("restore_postmortem", { id: this.#id(), revision }), changes);
  }

  /** Pushes it as a branch; where the repository's copy went apart, that is shown and a person chooses. */
  async openPullRequest(choices: MergeChoice[] = []): Promise<ExportView> {
    await this.keep();
    const { troubleshooting } = this;
    const changes = this.#changes;
    const id = this.#id();
    const opened = await call("open_pull_request", { id, choices, troubleshooting });
    if (id !== this.#wanted) return opened;
    this.merge = opened.merge;
    if (opened.merge === null) {
      this.#bring(await call("postmortem", { id }), changes);
      if (id === this.#wanted) void this.look();
    }
    return opened;
  }

  /** What was typed is kept before it goes. */
  async clear(): Promise<void> {
    await this.flush();
    this.#reset();
  }

  #reset(): void {
    const { view, saveTrouble: trouble } = this;
    if (view && trouble) this.#left.put({ id: view.id, base: view.revision, text: this.text(), trouble });
    this.#later.forget();
    this.#undoLater.forget();
    this.#again.done();
    this.#wanted = null;
    this.#read = null;
    this.#editor = null;
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
      this.unsaved = this.#changes !== changes;
      // Who typed on has not seen both texts together, and so goes on from what they typed.
      const revision = saved.text !== null && this.unsaved ? saved.typed : saved.revision;
      this.view = { ...this.view, revision, savedAt: saved.savedAt };
      this.saveTrouble = null;
      this.#again.done();
      if (saved.note !== null) this.note = saved.note;
      this.#undoLater.ask();
      if (saved.text !== null && !this.unsaved) this.#take({ ...this.view, text: saved.text, undo: null });
    } catch (thrown) {
      if (this.#wanted !== view.id) return;
      this.saveTrouble = toIpcError(thrown);
      this.#again.ask();
    }
  }

  /** A convenience: where it cannot be kept, the text is, and nobody is disturbed. */
  async #keepUndo(): Promise<void> {
    const { view } = this;
    const undo = this.undo() ?? "";
    if (!view || this.unsaved || undo === "" || undo.length > MOST_UNDO) return;
    await call("keep_undo", { id: view.id, revision: view.revision, undo }).catch(() => undefined);
  }

  /** One that is opened; with what was typed in it and could not be kept, where it was left so. */
  #begin(view: PostmortemView): void {
    const left = this.#left.find(view.id);
    if (!left) {
      this.#take(view);
      return;
    }
    this.#left.drop(view.id);
    this.#take({ ...view, text: left.text, revision: left.base, undo: null });
    this.unsaved = true;
    this.saveTrouble = left.trouble;
    this.#later.ask();
  }

  /**
   * Takes a text that changed elsewhere than in the editor. What was typed since `changes` stays: the next save, on top of
   * the revision that it was typed on, brings both together.
   */
  #bring(view: PostmortemView, changes: number): void {
    if (view.id !== this.#wanted || !this.view) return;
    if (this.unsaved || this.#changes !== changes) {
      this.#beside(view);
      this.#later.ask();
      return;
    }
    this.#take(view);
    this.#undoLater.ask();
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
    const { text, revision, savedAt, undo } = this.view;
    this.view = { ...view, text, revision, savedAt, undo };
  }

  #id(): string {
    return this.#wanted ?? "";
  }
}
