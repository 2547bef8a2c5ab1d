import type { ActionChange } from "../generated/ActionChange";
import type { DiffLine } from "../generated/DiffLine";
import type { EvidenceView } from "../generated/EvidenceView";
import type { ExportFormat } from "../generated/ExportFormat";
import type { ExportView } from "../generated/ExportView";
import type { LibraryView } from "../generated/LibraryView";
import type { LineChange } from "../generated/LineChange";
import type { MergeChoice } from "../generated/MergeChoice";
import type { PaperNews } from "../generated/PaperNews";
import type { PostmortemView } from "../generated/PostmortemView";
import type { RevisionView } from "../generated/RevisionView";
import type { SavedView } from "../generated/SavedView";
import type { TicketView } from "../generated/TicketView";

type Nothing = Record<never, never>;

/** Post-mortems: the library, and one document with all that stands beside it. */
export type PostmortemCommands = {
  /** Those that have every word of `query`; metrics of `environment`, or of the first. */
  postmortems: [{ environment: string | null; query: string }, LibraryView];
  postmortem: [{ id: string }, PostmortemView];
  /** Opens the one of this incident or rollback, and begins it where there is none; with a title alone, one by hand. */
  begin_postmortem: [
    { incident: string | null; rollback: string | null; title: string | null },
    PostmortemView,
  ];
  /** `base` is the revision that the text started from. */
  save_postmortem: [{ id: string; base: string; text: string }, SavedView];
  /** What can be undone, given back with the text while this revision is the newest. */
  keep_undo: [{ id: string; revision: string; undo: string }, null];
  /** HTML, sanitised. */
  render_postmortem: [{ id: string; text: string }, string];
  postmortem_history: [{ id: string }, RevisionView[]];
  postmortem_diff: [{ id: string; revision: string }, DiffLine[]];
  restore_postmortem: [{ id: string; revision: string }, PostmortemView];
  change_line: [{ id: string; change: LineChange }, PostmortemView];
  /** Corrects one end of a time; `null` goes back to what the record says. */
  set_moment: [{ id: string; landmark: string; at: string | null; reason: string }, PostmortemView];
  /** Actions stand in the text: it comes back changed. */
  change_action: [{ id: string; change: ActionChange }, PostmortemView];
  /** Opens an issue for it; its number then stands in the text. */
  create_ticket: [{ id: string; action: string }, PostmortemView];
  /** What GitHub and the repository say by now; slower than the rest. */
  postmortem_news: [{ id: string }, PaperNews];
  open_tickets: [Nothing, TicketView[]];
  evidence: [{ id: string; evidence: string }, EvidenceView];
  /** `null` when the person chose no place. */
  export_postmortem: [{ id: string; format: ExportFormat }, ExportView | null];
  /** Without `sides`, a copy in the repository that went apart is shown and nothing is pushed. */
  open_pull_request: [{ id: string; choices: MergeChoice[]; troubleshooting: boolean }, ExportView];
};
