import type { FixView } from "../generated/FixView";
import type { NewRollout } from "../generated/NewRollout";
import type { RolloutChoice } from "../generated/RolloutChoice";
import type { RolloutView } from "../generated/RolloutView";
import type { WayUpView } from "../generated/WayUpView";

/** The way back up: a fix, and its release from stage to stage. */
export type WayUpCommands = {
  /** `null`: of the newest rollback that went back. */
  way_up: [{ rollback: string | null }, WayUpView];
  /** `branch`: `null` for the name that the settings make. */
  begin_fix: [{ rollback: string; fromBad: boolean; branch: string | null }, FixView];
  check_fix_item: [{ id: string; item: number; done: boolean }, FixView];
  push_fix: [{ id: string }, FixView];
  /** An empty text: the newest pull request that brings the branch. */
  link_pull_request: [{ id: string; named: string }, FixView];
  start_rollout: [{ given: NewRollout }, RolloutView];
  choose_rollout: [{ id: string; choice: RolloutChoice; reason: string }, null];
  resume_rollout: [{ id: string }, null];
};
