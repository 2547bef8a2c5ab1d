import { host } from "./backend";
import type { GuardingCommands } from "./commands/guarding";
import type { IncidentCommands } from "./commands/incident";
import type { PostmortemCommands } from "./commands/postmortem";
import type { WayUpCommands } from "./commands/way-up";
import { toIpcError } from "./error";
import type { ApprovalView } from "./generated/ApprovalView";
import type { Countdown } from "./generated/Countdown";
import type { HostChoice } from "./generated/HostChoice";
import type { InboxItem } from "./generated/InboxItem";
import type { JobLogView } from "./generated/JobLogView";
import type { Overview } from "./generated/Overview";
import type { ReleaseDetail } from "./generated/ReleaseDetail";
import type { ReleaseRow } from "./generated/ReleaseRow";
import type { RepositoryView } from "./generated/RepositoryView";
import type { RollbackSummary } from "./generated/RollbackSummary";
import type { RollbackView } from "./generated/RollbackView";
import type { SettingsView } from "./generated/SettingsView";
import type { Startup } from "./generated/Startup";

type Nothing = Record<never, never>;

/** Every question and request the window may put to the host: name → [arguments, answer]. */
export type Commands = RollbackCommands &
  GuardingCommands &
  IncidentCommands &
  PostmortemCommands &
  WayUpCommands;

type RollbackCommands = {
  startup: [Nothing, Startup];
  open_rehearsal: [Nothing, RepositoryView];
  open_repository: [{ path: string }, RepositoryView];
  choose_repository: [Nothing, RepositoryView | null];
  releases: [Nothing, ReleaseRow[]];
  overview: [Nothing, Overview];
  refresh: [Nothing, null];
  release_detail: [{ environment: string | null; tag: string }, ReleaseDetail];
  start_rollback: [{ environment: string; tag: string; reason: string }, RollbackView];
  /** From this machine, by the environment's own command: for when GitHub is away, and somebody said so. */
  roll_back_here: [{ environment: string; tag: string; reason: string }, RollbackView];
  give_reason: [{ id: string; reason: string }, null];
  undo_rollback: [{ id: string }, null];
  stop_rollback: [{ id: string }, null];
  take_up_rollback: [{ id: string }, null];
  choose: [{ id: string; choice: string }, null];
  approvals: [{ id: string }, ApprovalView[]];
  job_log: [{ id: string; job: number }, JobLogView];
  decide_run: [{ id: string; environment: string; approve: boolean; comment: string }, string];
  cancel_run: [{ id: string }, string];
  rollback: [{ id: string }, RollbackView];
  rollbacks: [Nothing, RollbackSummary[]];
  mark_good: [{ environment: string; tag: string; reason: string }, null];
  take_mark_back: [{ environment: string; tag: string; reason: string }, null];
  inbox: [Nothing, InboxItem[]];
  read_inbox: [Nothing, null];
  open_link: [{ url: string }, null];
  settings: [Nothing, SettingsView];
  check_settings: [Nothing, SettingsView];
  save_host: [{ choice: HostChoice }, SettingsView];
  remove_host: [{ name: string }, SettingsView];
  sign_in_by_token: [{ name: string; token: string; sessionOnly: boolean }, SettingsView];
  sign_in_by_gh: [{ name: string }, SettingsView];
  sign_in_by_code: [{ name: string; sessionOnly: boolean }, SettingsView];
  open_sign_in_page: [{ name: string }, SettingsView];
  cancel_sign_in: [{ name: string }, SettingsView];
  keep_for_session: [{ name: string }, SettingsView];
  sign_out: [{ name: string }, SettingsView];
  choose_countdown: [{ countdown: Countdown }, SettingsView];
};

export type CommandName = keyof Commands;
export type Arguments<Name extends CommandName> = Commands[Name][0];
export type Answer<Name extends CommandName> = Commands[Name][1];

/** The one way from the window to the host. Throws `IpcError`, never anything else. */
export async function call<Name extends CommandName>(
  name: Name,
  ...given: keyof Arguments<Name> extends never ? [] : [Arguments<Name>]
): Promise<Answer<Name>> {
  try {
    return await host().call(name, (given[0] ?? {}) as Arguments<Name>);
  } catch (thrown) {
    throw toIpcError(thrown);
  }
}
