import type { BreakGlassView } from "../generated/BreakGlassView";
import type { GuardView } from "../generated/GuardView";
import type { RollbackView } from "../generated/RollbackView";
import type { TrustView } from "../generated/TrustView";

type Nothing = Record<never, never>;

/** Holds and quarantines by hand, trust in commands, and the page for when GitHub is away. */
export type GuardingCommands = {
  /** `hours`: `null` is as long as the settings say. */
  take_hold: [{ environment: string; reason: string; hours: number | null }, null];
  lift_hold: [{ environment: string; reason: string }, null];
  break_hold: [{ environment: string; reason: string }, null];
  /** `environment`: `null` is everywhere. `hours`: `null` is until somebody lifts it. */
  quarantine: [{ environment: string | null; tag: string; reason: string; hours: number | null }, null];
  lift_quarantine: [{ tag: string; reason: string }, null];
  /** Lifts the quarantine of what a rollback left, and deploys it again. */
  roll_forward: [{ environment: string; tag: string; reason: string }, RollbackView];
  break_glass: [{ environment: string }, BreakGlassView];
  /** Offers a step of the deploy workflow that refuses while the environment is held, as a pull request. */
  offer_guard: [{ environment: string }, GuardView];
  trust: [Nothing, TrustView];
  /** `false` takes back the repository and every command of it. */
  trust_repository: [{ trusted: boolean }, TrustView];
  grant_command: [{ hash: string }, TrustView];
  withdraw_command: [{ hash: string }, TrustView];
  /** All that a command wrote. */
  command_output: [{ hash: string }, string];
};
