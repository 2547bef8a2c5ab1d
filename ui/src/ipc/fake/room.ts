import type { Commands } from "../commands";
import type { IncidentCommands } from "../commands/incident";
import { IpcError } from "../error";
import type { ChannelTest } from "../generated/ChannelTest";
import type { ChannelView } from "../generated/ChannelView";
import type { DestinationView } from "../generated/DestinationView";
import type { DraftGiven } from "../generated/DraftGiven";
import type { DraftView } from "../generated/DraftView";
import type { IncidentSummary } from "../generated/IncidentSummary";
import type { IncidentView } from "../generated/IncidentView";
import type { Notice } from "../generated/Notice";
import type { ReceiptView } from "../generated/ReceiptView";
import type { TemplateView } from "../generated/TemplateView";
import { fill, gapsOf, previewOf, problemsOf, renderDraft, titleOf, valuesOf, type Written } from "./drafts";
import { SEVERITIES, sampleChannels } from "./incidents";
import { sampleTemplates, type TemplateText } from "./templates";

type Handlers = { [Name in keyof IncidentCommands]: (given: Commands[Name][0]) => Commands[Name][1] };
type World = { now: () => number; tell: (notice: Notice) => void };

const iso = (at: number): string => new Date(at).toISOString();
const TIMES = {
  found_at: "foundAt",
  impact_started_at: "impactStartedAt",
  impact_ended_at: "impactEndedAt",
} as const;

/** Incidents, drafts, templates and channels in memory, with the rules that the window must show. */
export class FakeRoom {
  incidents: IncidentView[];
  /** How sends end from now on. */
  outcome: ReceiptView["outcome"] = "delivered";
  #world: World;
  #drafts = new Map<string, Written>();
  #said = new Map<string, Map<string, string>>();
  #secrets = new Map<string, ChannelView["secret"]>();
  #templates: TemplateText[] = sampleTemplates();

  constructor(incidents: IncidentView[], world: World) {
    this.incidents = incidents;
    this.#world = world;
  }

  readonly handlers: Handlers = {
    incidents: () => this.#summaries(),
    severities: () => ({ usual: 2, all: SEVERITIES }),
    incident: ({ id }) => this.#find(id),
    open_incident: ({ given }) => this.#open(given),
    change_incident: ({ id, change }) => this.#change(id, change),
    nothing_new: ({ id, audience }) =>
      this.#edit(id, (incident) => {
        for (const one of incident.audiences)
          if (one.nextDue !== null && (audience === null || one.id === audience))
            one.nextDue = iso(this.#world.now() + one.everyMinutes * 60_000);
      }),
    draft: ({ incident, destination }) => this.#draft(incident, destination),
    choose_template: ({ incident, destination, template }) => {
      const chosen = this.#template(template);
      return this.#write(incident, destination, chosen.row.id, chosen.text, null);
    },
    choose_stage: ({ incident, destination, stage }) => {
      const { template, text } = this.#draft(incident, destination);
      return this.#write(incident, destination, template, text, stage);
    },
    save_draft: ({ given }) =>
      this.#write(given.incident, given.destination, given.template, given.text, given.stage),
    preview_update: ({ given }) => this.#preview(given),
    copy_update: ({ incident, destination, format }) => {
      const draft = this.#draft(incident, destination);
      const text = fill(draft.text, draft.values);
      if (format === "channel") return JSON.stringify(draft.preview, null, 2);
      return format === "markdown"
        ? text.replace(/^# /, "## ")
        : text.replace(/^# /, "").replaceAll("**", "");
    },
    send_updates: ({ incident, updates }) => {
      for (const { destination, seen } of updates) this.#send(incident, destination, seen);
      return null;
    },
    review_update: ({ given }) =>
      this.#edit(given.incident, (one) => {
        one.receipts = one.receipts.map((each) => {
          if (each.id !== given.receipt) return each;
          const outcome = given.approved ? ("delivered" as const) : ("dropped" as const);
          return { ...each, outcome, sentence: `Read by ${given.by}`, hint: "", choices: [] };
        });
      }),
    settle_receipt: ({ incident, receipt, choice }) =>
      this.#edit(incident, (one) => {
        const settled = {
          it_arrived: { outcome: "delivered" as const, sentence: "@platform-lead saw it arrive" },
          send_again: {
            outcome: "delivered" as const,
            sentence: "Sent again by @platform-lead, and answered ok",
          },
          drop: { outcome: "dropped" as const, sentence: "Taken back by @platform-lead" },
        }[choice];
        one.receipts = one.receipts.map((each) =>
          each.id === receipt ? { ...each, ...settled, hint: "", choices: [] } : each,
        );
      }),
    templates: () => this.#templates.map(({ row }) => row),
    template: ({ id }) => this.#templateView(id),
    try_template: ({ id, text, incident }) => {
      const on = this.incidents.find((one) => one.id === incident) ?? this.incidents[0];
      if (!on) return { preview: null, problems: [], gaps: [] };
      const values = this.#values(on);
      const problems = problemsOf(text, values);
      const { kind } = this.#template(id).row;
      const preview = problems.length > 0 ? null : previewOf(on, { kind, target: "sample" }, text, values);
      return { preview, problems, gaps: gapsOf(text, values) };
    },
    save_template: ({ id, text }) => {
      const [like] = this.#templates;
      if (like && !this.#templates.some(({ row }) => row.id === id))
        this.#templates.push({ ...like, shipped: null, row: { ...like.row, id, title: id, origin: "team" } });
      const template = this.#template(id);
      Object.assign(template, {
        text,
        row: { ...template.row, origin: template.shipped ? "override" : "team" },
      });
      return this.#templateView(id);
    },
    reset_template: ({ id }) => {
      const template = this.#template(id);
      Object.assign(template, {
        text: template.shipped ?? template.text,
        row: { ...template.row, origin: "shipped" },
      });
      return this.#templateView(id);
    },
    channels: () => this.#channels(),
    keep_channel_secret: ({ id }) => {
      this.#secrets.set(id, "kept");
      return this.#channels();
    },
    forget_channel_secret: ({ id }) => {
      this.#secrets.set(id, "missing");
      return this.#channels();
    },
    test_channel: ({ id }) => this.#test(id),
  };

  #channels(): ChannelView[] {
    const all = sampleChannels(this.#world.now());
    return all.map((one) => ({ ...one, secret: this.#secrets.get(one.id) ?? one.secret }));
  }

  #summaries(): IncidentSummary[] {
    return this.incidents.map((one) => ({
      id: one.id,
      title: one.title,
      severity: one.severity,
      severityName: one.severityName,
      stage: one.stage,
      environment: one.environment,
      rollback: one.rollback,
      since: one.since,
      endedAt: one.endedAt,
      commander: one.roles[0]?.person ?? null,
      nextDue: one.audiences.flatMap((audience) => audience.nextDue ?? []).sort()[0] ?? null,
      updatesSent: one.receipts.length,
      unclear: one.receipts.filter(({ outcome }) => outcome === "unknown").length,
      rehearsal: false,
    }));
  }

  #open(given: Commands["open_incident"][0]["given"]): IncidentView {
    const now = this.#world.now();
    const like = this.incidents[0];
    const opened: IncidentView = {
      id: `incident-${this.incidents.length + 1}`,
      sequence: 1,
      ...given,
      severityName: `SEV ${given.severity}`,
      severities: SEVERITIES,
      stage: "investigating",
      since: iso(now),
      foundAt: iso(now),
      impactStartedAt: null,
      impactEndedAt: null,
      contacts: [],
      nothingNewSends: false,
      endedAt: null,
      openedBy: "@platform-lead",
      postmortem: null,
      impact: given.impact || null,
      cause: null,
      escalation: [],
      roles: [{ role: "commander", title: "Commander", person: "@platform-lead" }],
      audiences: (like?.audiences ?? []).map((one) => ({
        ...one,
        nextDue: iso(now + one.everyMinutes * 60_000),
        lastSent: null,
      })),
      destinations: (like?.destinations ?? []).map((one) => ({ ...one, state: "empty" })),
      happened: [
        {
          id: "line-0",
          at: iso(now),
          tone: "info",
          sentence: "Incident opened",
          who: "@platform-lead",
          url: null,
          rollback: null,
        },
      ],
      receipts: [],
    };
    this.incidents = [opened, ...this.incidents];
    this.#world.tell({ kind: "incidents", incidents: this.#summaries() });
    return opened;
  }

  #change(id: string, change: Commands["change_incident"][0]["change"]): null {
    return this.#edit(id, (incident) => {
      if (change.kind === "note") this.#note(incident, change.text);
      if (change.kind === "title") incident.title = change.title;
      if (change.kind === "severity")
        Object.assign(incident, { severity: change.severity, severityName: `SEV ${change.severity}` });
      if (change.kind === "environment") incident.environment = change.environment || null;
      if (change.kind === "surfaces") incident.surfaces = change.surfaces;
      if (change.kind === "role")
        incident.roles = incident.roles.map((one) =>
          one.role === change.role ? { ...one, person: change.person || null } : one,
        );
      if (change.kind === "value" && change.name === "impact") incident.impact = change.value || null;
      else if (change.kind === "value" && change.name === "cause") incident.cause = change.value || null;
      else if (change.kind === "value" && change.name in TIMES)
        Object.assign(incident, { [TIMES[change.name as keyof typeof TIMES]]: change.value || null });
      else if (change.kind === "value") this.#saidOf(id).set(change.name, change.value);
      if (change.kind === "stage") {
        incident.stage = change.stage;
        incident.endedAt = change.stage === "resolved" ? iso(this.#world.now()) : null;
        if (change.stage === "resolved") for (const one of incident.audiences) one.nextDue = null;
      }
    });
  }

  #note(incident: IncidentView, sentence: string): void {
    const line = {
      id: `note-${incident.sequence}`,
      at: iso(this.#world.now()),
      tone: "neutral" as const,
      sentence,
      who: "@platform-lead",
      url: null,
      rollback: null,
    };
    incident.happened = [...incident.happened, line];
  }

  #send(id: string, destination: string, seen: string): void {
    const draft = this.#draft(id, destination);
    if (draft.seen !== seen)
      throw new IpcError({
        code: "update_changed",
        message: "The message says something else by now than what was shown.",
        hint: "Read it again, then send it.",
      });
    if (draft.blocked)
      throw new IpcError({
        code: "value_missing",
        message: draft.blocked.sentence,
        hint: draft.blocked.hint,
      });
    const now = this.#world.now();
    this.#edit(id, (incident) => {
      const to = this.#destination(incident, destination);
      to.state = this.outcome === "unknown" ? "unclear" : "sent";
      const unknown = this.outcome === "unknown";
      const sentence = unknown ? `${to.title} did not answer within 20 s` : `${to.title} answered ok`;
      const hint = unknown ? "Look there, then say what you see. It is not sent again by itself." : "";
      const receipt: ReceiptView = {
        id: `receipt-${now}-${destination}`,
        at: iso(now),
        destination,
        title: to.title,
        kind: to.kind,
        target: to.target,
        subject: titleOf(draft.text, draft.values),
        text: fill(draft.text, draft.values),
        by: "@platform-lead",
        outcome: draft.reviewed ? "review" : this.outcome,
        sentence,
        hint,
        choices: unknown ? ["it_arrived", "send_again", "drop"] : [],
        url: null,
      };
      incident.receipts = [receipt, ...incident.receipts];
      for (const audience of incident.audiences)
        if (audience.id === to.audience)
          Object.assign(audience, { lastSent: iso(now), nextDue: iso(now + audience.everyMinutes * 60_000) });
    });
  }

  #draft(id: string, destination: string): DraftView {
    const incident = this.#find(id);
    const to = this.#destination(incident, destination);
    const written = this.#drafts.get(`${id} ${destination}`) ?? this.#fresh(to);
    const rows = this.#templates.map(({ row }) => row);
    return renderDraft(incident, to, written, rows, this.#values(incident));
  }

  #fresh(to: DestinationView): Written {
    const own = this.#templates.filter(({ row }) => row.kind === to.kind);
    const template = own.find(({ row }) => row.stage === "monitoring") ?? own[0];
    return {
      text: template?.text ?? "",
      template: template?.row.id ?? "",
      revision: 0,
      savedAt: null,
      stage: null,
    };
  }

  #preview({ incident, destination, template, text, stage }: DraftGiven): DraftView {
    const found = this.#find(incident);
    const rows = this.#templates.map(({ row }) => row);
    const written = { text, template, revision: 0, savedAt: null, stage };
    return renderDraft(found, this.#destination(found, destination), written, rows, this.#values(found));
  }

  #write(
    id: string,
    destination: string,
    template: string,
    text: string,
    stage: Written["stage"],
  ): DraftView {
    const key = `${id} ${destination}`;
    const revision = (this.#drafts.get(key)?.revision ?? 0) + 1;
    this.#drafts.set(key, { text, template, revision, savedAt: iso(this.#world.now()), stage });
    const to = this.#find(id).destinations.find((one) => one.id === destination);
    if (to?.state === "empty") to.state = "draft";
    return this.#draft(id, destination);
  }

  #test(id: string): ChannelTest {
    const channel = this.#channels().find((one) => one.id === id);
    const passed = channel?.secret === "kept" || channel?.secret === "not_needed";
    return {
      at: iso(this.#world.now()),
      verdict: passed ? "passed" : "failed",
      sentence: passed
        ? `${channel?.title} took a test message in 214 ms`
        : (channel?.secretSentence ?? "There is no such channel"),
      hint: passed ? "" : (channel?.secretHint ?? ""),
    };
  }

  #edit(id: string, change: (incident: IncidentView) => void): null {
    const incident = structuredClone(this.#find(id));
    change(incident);
    incident.sequence += 1;
    this.incidents = this.incidents.map((one) => (one.id === id ? incident : one));
    this.#world.tell({ kind: "incident", incident });
    this.#world.tell({ kind: "incidents", incidents: this.#summaries() });
    return null;
  }

  #find(id: string): IncidentView {
    const found = this.incidents.find((one) => one.id === id);
    if (!found)
      throw new IpcError({
        code: "incident_unknown",
        message: "This incident is not in the journal",
        hint: "Go back to the incidents.",
      });
    return found;
  }

  #destination(incident: IncidentView, id: string): DestinationView {
    const found = incident.destinations.find((one) => one.id === id);
    if (!found)
      throw new IpcError({
        code: "channel_unknown",
        message: "There is no such destination",
        hint: "Choose another one.",
      });
    return found;
  }

  #template(id: string): TemplateText {
    const found = this.#templates.find(({ row }) => row.id === id);
    if (!found)
      throw new IpcError({
        code: "template_unknown",
        message: "There is no such template",
        hint: "Choose another one.",
      });
    return found;
  }

  #templateView(id: string): TemplateView {
    const { row, text } = this.#template(id);
    const on = this.incidents[0];
    return { row, text, file: `.lastgood/templates/${id}.md`, values: on ? this.#values(on) : [] };
  }

  #values(incident: IncidentView) {
    return valuesOf(incident, this.#saidOf(incident.id));
  }

  #saidOf(id: string): Map<string, string> {
    const said = this.#said.get(id) ?? new Map<string, string>();
    this.#said.set(id, said);
    return said;
  }
}
