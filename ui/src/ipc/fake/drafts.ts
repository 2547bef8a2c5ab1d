import type { DestinationView } from "../generated/DestinationView";
import type { DraftView } from "../generated/DraftView";
import type { IncidentView } from "../generated/IncidentView";
import type { Inline } from "../generated/Inline";
import type { PreviewBlock } from "../generated/PreviewBlock";
import type { PreviewView } from "../generated/PreviewView";
import type { TemplateProblem } from "../generated/TemplateProblem";
import type { TemplateRow } from "../generated/TemplateRow";
import type { ValueView } from "../generated/ValueView";

const VALUE = /\{\{\s*([a-z_]+)\s*\}\}/g;
const LIMITS: Partial<Record<DestinationView["kind"], number>> = {
  slack: 3000,
  teams: 27_000,
  status_page: 5000,
};

export type Written = {
  text: string;
  template: string;
  revision: number;
  savedAt: string | null;
  stage: DraftView["stage"] | null;
};

/** What the journal, or a person, knows of an incident. */
export function valuesOf(incident: IncidentView, said: Map<string, string>): ValueView[] {
  const rolledBack = incident.rollback !== null;
  const known = (
    name: string,
    title: string,
    value: string | null,
    source: string,
    canSet = false,
  ): ValueView => ({
    name,
    title,
    value: said.get(name) ?? value,
    source,
    canSet,
  });
  return [
    known("title", "Title", incident.title, "The incident"),
    known("severity", "Severity", `SEV ${incident.severity}`, "The incident"),
    known("environment", "Environment", incident.environment, "The incident"),
    known("from", "Release that failed", rolledBack ? "v2.4.1" : null, "The rollback"),
    known("to", "Release that runs", rolledBack ? "v2.4.0" : null, "The rollback"),
    known("rolled_back_at", "Rolled back at", rolledBack ? "14:42" : null, "The rollback's proof"),
    known("impact", "Impact", incident.impact, "Said in the room", true),
    known("duration", "Duration", "40 minutes", "First failed probe to first good one"),
    known("cause", "Cause", incident.cause, "Nobody has said it yet", true),
    known("next_update", "Next update", "15:00", "The clock of this audience"),
    known("commander", "Commander", incident.roles[0]?.person ?? null, "The incident"),
  ];
}

/** The draft with its preview, as the host renders it. */
export function renderDraft(
  incident: IncidentView,
  destination: DestinationView,
  written: Written,
  templates: TemplateRow[],
  values: ValueView[],
): DraftView {
  const gaps = gapsOf(written.text, values);
  const problems = problemsOf(written.text, values);
  const plainText = fill(written.text, values);
  const limit = LIMITS[destination.kind];
  return {
    incident: incident.id,
    destination: destination.id,
    revision: written.revision,
    template: written.template,
    templates: templates
      .filter((row) => row.kind === destination.kind)
      .map(({ id, title }) => ({ id, title })),
    stage: written.stage ?? incident.stage,
    seen: `${incident.sequence}-${written.text.length}-${written.text}`,
    reviewed: destination.kind === "status_page",
    text: written.text,
    savedAt: written.savedAt,
    values,
    gaps,
    limits: limit ? [{ title: "characters", used: plainText.length, limit }] : [],
    shortened: [],
    problems,
    preview: previewOf(incident, destination, written.text, values),
    blocked: blockedBy(
      destination,
      gaps,
      problems,
      plainText.length > (limit ?? Number.POSITIVE_INFINITY),
      values,
    ),
  };
}

function blockedBy(
  destination: DestinationView,
  gaps: string[],
  problems: TemplateProblem[],
  long: boolean,
  values: ValueView[],
): DraftView["blocked"] {
  if (destination.closed) return destination.closed;
  const [problem] = problems;
  if (problem) return { sentence: `Line ${problem.line} cannot be read`, hint: problem.message };
  if (long)
    return { sentence: "The text is too long for this channel", hint: "Shorten it; nothing is cut for you." };
  const titles = gaps.map((gap) => values.find((value) => value.name === gap)?.title.toLowerCase() ?? gap);
  if (titles.length > 0)
    return {
      sentence: `Nobody knows the ${titles.join(", ")} yet`,
      hint: "Say it, or take it out of the text. Copying works.",
    };
  return null;
}

export function gapsOf(text: string, values: ValueView[]): string[] {
  const names = [...text.matchAll(VALUE)].map((match) => match[1] ?? "");
  return [...new Set(names)].filter((name) =>
    values.some((value) => value.name === name && value.value === null),
  );
}

export function problemsOf(text: string, values: ValueView[]): TemplateProblem[] {
  const problems: TemplateProblem[] = [];
  for (const match of text.matchAll(/\{\{([^}]*)(\}\})?/g)) {
    const name = (match[1] ?? "").trim();
    const closed = match[2] !== undefined;
    if (closed && values.some((value) => value.name === name)) continue;
    const from = match.index;
    problems.push({
      message: closed ? `There is no value called “${name}”` : "This value is not closed with }}",
      from,
      to: from + match[0].length,
      line: text.slice(0, from).split("\n").length,
    });
  }
  return problems;
}

export function fill(text: string, values: ValueView[]): string {
  return text.replace(VALUE, (whole, name: string) => {
    const value = values.find((one) => one.name === name);
    return value ? (value.value ?? `[${value.title}]`) : whole;
  });
}

function inlines(text: string, values: ValueView[]): Inline[] {
  const parts: Inline[] = [];
  let last = 0;
  for (const match of text.matchAll(VALUE)) {
    if (match.index > last) parts.push(...strong(text.slice(last, match.index)));
    const value = values.find((one) => one.name === match[1]);
    parts.push({ text: value?.value ?? value?.title ?? match[0], style: value?.value ? "plain" : "gap" });
    last = match.index + match[0].length;
  }
  return [...parts, ...strong(text.slice(last))].filter((part) => part.text !== "");
}

function strong(text: string): Inline[] {
  return text.split("**").map((part, index) => ({ text: part, style: index % 2 === 1 ? "strong" : "plain" }));
}

const TITLE = /^# (.*)\n*/;

/** The title of a message, its values filled in. */
export function titleOf(text: string, values: ValueView[]): string {
  return fill(TITLE.exec(text)?.[1] ?? "", values);
}

function blocksOf(text: string, values: ValueView[]): PreviewBlock[] {
  return text
    .replace(TITLE, "")
    .split(/\n{2,}/)
    .filter((block) => block.trim() !== "")
    .map((block) => {
      const link = /^\[(.+)\]\((.+)\)$/.exec(block);
      if (link) return { kind: "buttons", buttons: [{ title: link[1] ?? "", url: link[2] ?? "" }] };
      const facts = block.split("\n").map((line) => /^(.+?):: (.*)$/.exec(line));
      if (facts.every((fact) => fact !== null))
        return {
          kind: "facts",
          facts: facts.map((fact) => ({ title: fact?.[1] ?? "", value: inlines(fact?.[2] ?? "", values) })),
        };
      return { kind: "section", text: inlines(block, values) };
    });
}

/** The message as its destination shows it. */
export function previewOf(
  incident: IncidentView,
  destination: Pick<DestinationView, "kind" | "target">,
  text: string,
  values: ValueView[],
): PreviewView {
  const title = titleOf(text, values);
  const body = blocksOf(text, values);
  const header = { kind: "header" as const, text: inlines(TITLE.exec(text)?.[1] ?? "", values) };
  const words = fill(text.replace(TITLE, ""), values);
  switch (destination.kind) {
    case "slack": {
      const foot = inlines("{{ severity }} · {{ commander }}", values);
      return {
        kind: "slack",
        sender: "Lastgood",
        blocks: [header, ...body, { kind: "context", text: foot }],
      };
    }
    case "teams":
      return { kind: "teams", sender: "Lastgood", blocks: [header, ...body] };
    case "email":
      return {
        kind: "email",
        from: "status@acme.example",
        to: destination.target,
        subject: title,
        html: body.map(html).join(""),
        text: words,
      };
    case "status_page":
      return {
        kind: "status_page",
        page: destination.target,
        title,
        stage: incident.stage,
        blocks: body,
        components: [
          { name: "API", state: "Operational", tone: "good" },
          { name: "Plugin host", state: "Degraded", tone: "warn" },
        ],
      };
    case "ticket":
      return {
        kind: "ticket",
        repository: destination.target,
        title,
        heading: title,
        issue: null,
        labels: ["incident"],
        closes: incident.stage === "resolved",
        blocks: body,
      };
    case "in_app":
      return {
        kind: "notice",
        title,
        text: words,
        stage: incident.stage,
        active: incident.stage !== "resolved",
        links: [],
      };
    case "release_notes":
      return {
        kind: "release_notes",
        repository: destination.target,
        release: "The release that was left",
        title,
        blocks: body,
      };
    default:
      return { kind: "document", text: JSON.stringify({ title, text: words }, null, 2) };
  }
}

function html(block: PreviewBlock): string {
  if (block.kind === "section") return `<p style="margin:0 0 14px">${block.text.map(span).join("")}</p>`;
  if (block.kind !== "facts") return "";
  return block.facts
    .map(({ title, value }) => `<p><b>${title}</b><br>${value.map(span).join("")}</p>`)
    .join("");
}

function span(part: Inline): string {
  const text = part.text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/\n/g, "<br>");
  if (part.style === "strong") return `<strong>${text}</strong>`;
  return part.style === "gap" ? `<mark data-gap>${text}</mark>` : text;
}
