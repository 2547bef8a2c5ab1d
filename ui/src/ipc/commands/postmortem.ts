import type { ActionChange } from "../generated/ActionChange";
import type { DiffLine } from "../generated/DiffLine";
import type { EvidenceView } from "../generated/EvidenceView";
import type { ExportFormat } from "../generated/ExportFormat";
import type { ExportView } from "../generated/ExportView";
import type { LibraryView } from "../generated/LibraryView";
import type { LineChange } from "../generated/LineChange";
import type { MergeSide } from "../generated/MergeSide";
import type { PostmortemView } from "../generated/PostmortemView";
import type { RevisionView } from "../generated/RevisionView";
import type { SavedView } from "../generated/SavedView";

type Nothing = Record<never, never>;

/** Post-mortems: the library, and one document with all that stands beside it. */
export type PostmortemCommands = {
  postmortems: [Nothing, LibraryView];
  postmortem: [{ id: string }, PostmortemView];
  /** Opens the one of this incident or rollback, and begins it where there is none. */
  begin_postmortem: [{ incident: string | null; rollback: string | null }, PostmortemView];
  /** `base` is the revision that the text started from. */
  save_postmortem: [{ id: string; base: string; text: string }, SavedView];
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
  evidence: [{ id: string; evidence: string }, EvidenceView];
  /** `null` when the person chose no place. */
  export_postmortem: [{ id: string; format: ExportFormat }, ExportView | null];
  /** Without `sides`, a copy in the repository that went apart is shown and nothing is pushed. */
  open_pull_request: [{ id: string; sides: MergeSide[] }, ExportView];
};
