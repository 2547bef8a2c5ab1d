import { call } from "../ipc/commands";
import { type IpcError, toIpcError } from "../ipc/error";
import type { FixView } from "../ipc/generated/FixView";
import type { NewRollout } from "../ipc/generated/NewRollout";
import type { RolloutChoice } from "../ipc/generated/RolloutChoice";
import type { RolloutView } from "../ipc/generated/RolloutView";
import type { WayUpView } from "../ipc/generated/WayUpView";

type Deed = "begin" | "check" | "push" | "link" | "start" | "resume" | RolloutChoice;

/** The one thing to do next; everything else is there, and quieter. */
export type NextDeed = "begin" | "push" | "link" | "start" | "decide" | "none";

/** The way back up behind one rollback. */
export class WayUp {
  view = $state.raw<WayUpView | null>(null);
  trouble = $state.raw<IpcError | null>(null);
  /** What is on its way, so that its button cannot send it again. */
  asking = $state<Deed | null>(null);
  #wanted: string | null = null;
  #count = 0;

  readonly next = $derived.by<NextDeed>(() => {
    const { view } = this;
    if (!view) return "none";
    if (view.rollout && view.rollout.endedAt === null) return view.rollout.needsPerson ? "decide" : "none";
    if (view.offer.releases.length > 0) return "start";
    if (view.rollback === null) return "none";
    if (!view.fix) return "begin";
    if (view.fix.pullRequest) return "none";
    return view.fix.pushed ? "link" : "push";
  });

  async open(rollback: string | null): Promise<void> {
    if (this.#wanted !== rollback) this.view = null;
    this.#wanted = rollback;
    this.#count += 1;
    const count = this.#count;
    try {
      const view = await call("way_up", { rollback });
      // A notice may have overtaken the answer, and another place may be looked at by now.
      if (count === this.#count)
        this.view = { ...view, rollout: newer(view.rollout, this.view?.rollout ?? null) };
      this.trouble = null;
    } catch (thrown) {
      if (count === this.#count) this.trouble = toIpcError(thrown);
    }
  }

  /** What may go out has changed. */
  reread(): Promise<void> {
    return this.open(this.#wanted);
  }

  /** Takes a notice about the rollout that is shown, or about one that has just begun. */
  receive(rollout: RolloutView): void {
    const { view } = this;
    if (!view) return;
    const shown = view.rollout;
    if (shown && shown.id !== rollout.id && rollout.endedAt !== null) return;
    this.view = { ...view, rollout: newer(rollout, shown) };
  }

  beginFix(fromBad: boolean, branch: string): Promise<void> {
    const rollback = this.view?.rollback ?? "";
    return this.#fix("begin", () => call("begin_fix", { rollback, fromBad, branch: branch.trim() || null }));
  }

  check(item: number, done: boolean): Promise<void> {
    return this.#fix("check", () => call("check_fix_item", { id: this.#fixId(), item, done }));
  }

  push(): Promise<void> {
    return this.#fix("push", () => call("push_fix", { id: this.#fixId() }));
  }

  link(named: string): Promise<void> {
    return this.#fix("link", () => call("link_pull_request", { id: this.#fixId(), named }));
  }

  start(given: NewRollout): Promise<void> {
    return this.#ask("start", async () => this.receive(await call("start_rollout", { given })));
  }

  choose(choice: RolloutChoice, reason = ""): Promise<void> {
    return this.#ask(choice, () => call("choose_rollout", { id: this.#rolloutId(), choice, reason }));
  }

  resume(): Promise<void> {
    return this.#ask("resume", () => call("resume_rollout", { id: this.#rolloutId() }));
  }

  clear(): void {
    this.view = null;
    this.trouble = null;
    this.#wanted = null;
    this.#count += 1;
  }

  async #fix(what: Deed, deed: () => Promise<FixView>): Promise<void> {
    await this.#ask(what, async () => {
      const fix = await deed();
      if (this.view) this.view = { ...this.view, fix };
    });
  }

  async #ask(what: Deed, deed: () => Promise<unknown>): Promise<void> {
    if (this.asking !== null) return;
    this.asking = what;
    try {
      await deed();
    } finally {
      this.asking = null;
    }
  }

  #fixId(): string {
    return this.view?.fix?.id ?? "";
  }

  #rolloutId(): string {
    return this.view?.rollout?.id ?? "";
  }
}

/** Of two snapshots of one rollout the newer; of two rollouts the first. */
function newer(one: RolloutView | null, other: RolloutView | null): RolloutView | null {
  if (one === null || other === null || one.id !== other.id) return one ?? other;
  return one.sequence >= other.sequence ? one : other;
}
