import type { ChannelTest } from "../generated/ChannelTest";
import type { ChannelView } from "../generated/ChannelView";
import type { CopyFormat } from "../generated/CopyFormat";
import type { DraftGiven } from "../generated/DraftGiven";
import type { DraftView } from "../generated/DraftView";
import type { IncidentChange } from "../generated/IncidentChange";
import type { IncidentSummary } from "../generated/IncidentSummary";
import type { IncidentView } from "../generated/IncidentView";
import type { NewIncident } from "../generated/NewIncident";
import type { ReviewGiven } from "../generated/ReviewGiven";
import type { SettleChoice } from "../generated/SettleChoice";
import type { SeveritiesView } from "../generated/SeveritiesView";
import type { Stage } from "../generated/Stage";
import type { TemplateRow } from "../generated/TemplateRow";
import type { TemplateTrial } from "../generated/TemplateTrial";
import type { TemplateView } from "../generated/TemplateView";
import type { UpdateGiven } from "../generated/UpdateGiven";

type Nothing = Record<never, never>;
type Place = { incident: string; destination: string };

/** Incidents, drafts, templates and channels. What changes comes back as a notice too. */
export type IncidentCommands = {
  incidents: [Nothing, IncidentSummary[]];
  severities: [Nothing, SeveritiesView];
  incident: [{ id: string }, IncidentView];
  open_incident: [{ given: NewIncident }, IncidentView];
  change_incident: [{ id: string; change: IncidentChange }, null];
  /** Moves the next update of one audience, or of all that wait, on by their interval. */
  nothing_new: [{ id: string; audience: string | null }, null];
  draft: [Place, DraftView];
  choose_template: [Place & { template: string }, DraftView];
  /** Words that nobody typed follow the stage. */
  choose_stage: [Place & { stage: Stage }, DraftView];
  save_draft: [{ given: DraftGiven }, DraftView];
  /** What a text becomes; nothing is kept. */
  preview_update: [{ given: DraftGiven }, DraftView];
  copy_update: [Place & { format: CopyFormat }, string];
  /** Exactly what was shown leaves, each once; how each went comes as a receipt. */
  send_updates: [{ incident: string; updates: UpdateGiven[] }, null];
  /** A person decides about a send that does not go on by itself. */
  settle_receipt: [{ incident: string; receipt: string; choice: SettleChoice; found: string }, null];
  /** Somebody other than the author says whether it may leave. */
  review_update: [{ given: ReviewGiven }, null];
  templates: [Nothing, TemplateRow[]];
  template: [{ id: string }, TemplateView];
  try_template: [{ id: string; text: string; incident: string | null }, TemplateTrial];
  save_template: [{ id: string; text: string }, TemplateView];
  reset_template: [{ id: string }, TemplateView];
  channels: [Nothing, ChannelView[]];
  test_channel: [{ id: string }, ChannelTest];
  /** It crosses once, inward, and is shown nowhere. */
  keep_channel_secret: [{ id: string; secret: string }, ChannelView[]];
  forget_channel_secret: [{ id: string }, ChannelView[]];
};
