import { call } from "../ipc/commands";
import { type IpcError, toIpcError } from "../ipc/error";
import type { Countdown } from "../ipc/generated/Countdown";
import type { ElsewhereView } from "../ipc/generated/ElsewhereView";
import type { RecentRepository } from "../ipc/generated/RecentRepository";
import type { RepositoryView } from "../ipc/generated/RepositoryView";
import type { UiError } from "../ipc/generated/UiError";

/** The length of the countdown, where there is one. */
const UNDO_SECONDS = 5;

/** Which repository is open, and what stood in the way when none could be opened. */
export class Session {
  ready = $state(false);
  repository = $state.raw<RepositoryView | null>(null);
  recent = $state.raw<RecentRepository[]>([]);
  trouble = $state.raw<UiError | null>(null);
  opening = $state(false);
  undoSeconds = $state(UNDO_SECONDS);
  /** The button asks once more before it acts. */
  askFirst = $state(false);
  /** Rollbacks that this window drives in other repositories. */
  elsewhere = $state.raw<ElsewhereView[]>([]);

  async begin(): Promise<void> {
    try {
      const startup = await call("startup");
      this.repository = startup.repository;
      this.recent = startup.recent;
      this.trouble = startup.trouble;
      this.undoSeconds = startup.undoSeconds;
      this.askFirst = startup.askFirst;
    } catch (thrown) {
      this.trouble = toIpcError(thrown);
    } finally {
      this.ready = true;
    }
  }

  openPath(path: string): Promise<RepositoryView | null> {
    return this.#open(() => call("open_repository", { path }));
  }

  chooseFolder(): Promise<RepositoryView | null> {
    return this.#open(() => call("choose_repository"));
  }

  openRehearsal(): Promise<RepositoryView | null> {
    return this.#open(() => call("open_rehearsal"));
  }

  /** What is chosen for the time between the click and the first thing that leaves this machine. */
  count(countdown: Countdown): void {
    this.undoSeconds = countdown === "seconds" ? UNDO_SECONDS : 0;
    this.askFirst = countdown === "ask";
  }

  receive(repository: RepositoryView): void {
    this.repository = repository;
    this.trouble = null;
  }

  /** Opens once at a time. A trouble is kept for the welcome view and thrown for the others. */
  async #open(request: () => Promise<RepositoryView | null>): Promise<RepositoryView | null> {
    if (this.opening) return null;
    this.opening = true;
    try {
      const repository = await request();
      if (repository) this.receive(repository);
      return repository;
    } catch (thrown) {
      const error: IpcError = toIpcError(thrown);
      this.trouble = error;
      throw error;
    } finally {
      this.opening = false;
    }
  }
}
