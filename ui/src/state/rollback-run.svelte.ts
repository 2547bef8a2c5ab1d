import { call } from "../ipc/commands";
import { type IpcError, toIpcError } from "../ipc/error";
import type { ApprovalView } from "../ipc/generated/ApprovalView";
import type { Choice } from "../ipc/generated/Choice";
import type { JobLogView } from "../ipc/generated/JobLogView";
import type { RollbackView } from "../ipc/generated/RollbackView";

/** Lines of the log that stay on screen; the whole log is in the journal and on GitHub. */
export const LOG_LIMIT = 5000;

/** How far the reading of a job's log has come. */
export type ReadLog = { asking: boolean; log: JobLogView | null; trouble: IpcError | null };

/** One rollback, as it is started, watched and decided. */
export class RollbackRun {
  view = $state.raw<RollbackView | null>(null);
  trouble = $state.raw<IpcError | null>(null);
  starting = $state(false);
  /** The request that is on its way, so that its button cannot send it again. */
  asking = $state<"undo" | "stop" | "take-up" | "decide" | "cancel" | Choice["id"] | null>(null);

  /** What the run waits for; null while that is not known. */
  approvals = $state.raw<ApprovalView[] | null>(null);
  approvalTrouble = $state.raw<IpcError | null>(null);

  /** What jobs wrote, by job; none while it is not asked for. */
  logs = $state.raw<ReadonlyMap<number, ReadLog>>(new Map());

  readonly log = $derived(this.view?.log.slice(-LOG_LIMIT) ?? []);
  #wanted: string | null = null;

  /** Starts a rollback once: a second click while the first is on its way does nothing. */
  start(environment: string, tag: string, reason = ""): Promise<RollbackView | null> {
    return this.#begin(() => call("start_rollback", { environment, tag, reason }));
  }

  /** The same from this machine, without GitHub. */
  startHere(environment: string, tag: string, reason: string): Promise<RollbackView | null> {
    return this.#begin(() => call("roll_back_here", { environment, tag, reason }));
  }

  /** The same for the way back up. */
  forward(environment: string, tag: string, reason: string): Promise<RollbackView | null> {
    return this.#begin(() => call("roll_forward", { environment, tag, reason }));
  }

  async #begin(request: () => Promise<RollbackView>): Promise<RollbackView | null> {
    if (this.starting) return null;
    this.starting = true;
    try {
      const view = await request();
      this.#wanted = view.id;
      this.trouble = null;
      // A notice may have overtaken the answer.
      if (this.view?.id === view.id) this.receive(view);
      else this.view = view;
      return view;
    } finally {
      this.starting = false;
    }
  }

  async open(id: string): Promise<void> {
    if (this.#wanted !== id) {
      this.view = null;
      this.approvals = null;
      this.approvalTrouble = null;
      this.logs = new Map();
    }
    this.#wanted = id;
    this.trouble = null;
    try {
      const view = await call("rollback", { id });
      if (this.#wanted === id) this.#keepNewer(view);
    } catch (thrown) {
      if (this.#wanted === id && this.view === null) this.trouble = toIpcError(thrown);
    }
  }

  /** Takes a notice about the rollback that is looked at; one that was overtaken is dropped. */
  receive(view: RollbackView): void {
    if (view.id === this.#wanted) this.#keepNewer(view);
  }

  giveReason(reason: string): Promise<null> {
    return call("give_reason", { id: this.#id(), reason });
  }

  undo(): Promise<unknown> {
    return this.#ask("undo", () => call("undo_rollback", { id: this.#id() }));
  }

  stop(): Promise<unknown> {
    return this.#ask("stop", () => call("stop_rollback", { id: this.#id() }));
  }

  /** Goes on from here with what nobody drives. */
  takeUp(): Promise<unknown> {
    return this.#ask("take-up", () => call("take_up_rollback", { id: this.#id() }));
  }

  choose(choice: Choice["id"]): Promise<unknown> {
    return this.#ask(choice, () => call("choose", { id: this.#id(), choice }));
  }

  async askApprovals(): Promise<void> {
    const id = this.#id();
    this.approvalTrouble = null;
    try {
      const approvals = await call("approvals", { id });
      if (this.#wanted === id) this.approvals = approvals;
    } catch (thrown) {
      if (this.#wanted === id) this.approvalTrouble = toIpcError(thrown);
    }
  }

  /** Approves or rejects; the words say what became of it. */
  decideRun(environment: string, approve: boolean, comment: string): Promise<string | undefined> {
    return this.#ask("decide", () => call("decide_run", { id: this.#id(), environment, approve, comment }));
  }

  /** Reads the log of a job that has ended; one that was read is not asked for again. */
  async readLog(job: number): Promise<void> {
    const known = this.logs.get(job);
    if (known?.log || known?.asking) return;
    const id = this.#id();
    this.#keepLog(job, { asking: true, log: null, trouble: null });
    try {
      const log = await call("job_log", { id, job });
      if (this.#wanted === id) this.#keepLog(job, { asking: false, log, trouble: null });
    } catch (thrown) {
      if (this.#wanted === id) this.#keepLog(job, { asking: false, log: null, trouble: toIpcError(thrown) });
    }
  }

  cancelRun(): Promise<string | undefined> {
    return this.#ask("cancel", () => call("cancel_run", { id: this.#id() }));
  }

  clear(): void {
    this.#wanted = null;
    this.view = null;
    this.trouble = null;
  }

  async #ask<Value>(
    what: NonNullable<RollbackRun["asking"]>,
    request: () => Promise<Value>,
  ): Promise<Value | undefined> {
    if (this.asking !== null) return undefined;
    this.asking = what;
    try {
      return await request();
    } finally {
      this.asking = null;
    }
  }

  #keepLog(job: number, log: ReadLog): void {
    this.logs = new Map(this.logs).set(job, log);
  }

  #keepNewer(view: RollbackView): void {
    if (this.view === null || this.view.id !== view.id || view.sequence >= this.view.sequence)
      this.view = view;
  }

  #id(): string {
    return this.#wanted ?? "";
  }
}
