import type { TemplateRow } from "../generated/TemplateRow";

export type TemplateText = { row: TemplateRow; text: string; shipped: string | null };

const ROLLED_BACK = `We rolled {{ environment }} back from {{ from }} to {{ to }} at {{ rolled_back_at }}. Plugin execution works again.

Impact:: {{ impact }} failed for {{ duration }}
Commander:: {{ commander }}

Next update by {{ next_update }}, sooner if anything changes.

[Open run](https://github.com/acme/connectias/actions/runs/19482201)`;

const INVESTIGATING = `We see trouble in {{ environment }} and look into it.

Impact so far: {{ impact }}.

Next update by {{ next_update }}.`;

const TO_CUSTOMERS = `Plugins run again since {{ rolled_back_at }}. For {{ duration }}, {{ impact }} failed.

The cause was {{ cause }}.

We watch it and write again by {{ next_update }}.`;

const TO_LEADS = `{{ environment }} is back on {{ to }} since {{ rolled_back_at }}; {{ impact }} failed for {{ duration }}.

{{ commander }} leads. Cause: {{ cause }}.`;

/** The shipped texts, of which the team keeps its own in place of one. */
export function sampleTemplates(): TemplateText[] {
  return [
    shipped(
      "slack-investigating",
      "We look into it",
      "Team",
      "slack",
      "investigating",
      "{{ title }}",
      INVESTIGATING,
    ),
    overridden(
      "slack-rolled-back",
      "Rollback complete, monitoring",
      "Team",
      "slack",
      "monitoring",
      "Rolled back: {{ environment }} is on {{ to }}",
      ROLLED_BACK,
    ),
    shipped(
      "slack-resolved",
      "Resolved",
      "Team",
      "slack",
      "resolved",
      "Resolved: {{ title }}",
      "{{ environment }} runs {{ to }} and stays there. {{ impact }} failed for {{ duration }}.",
    ),
    shipped(
      "teams-rolled-back",
      "Rollback complete, monitoring",
      "Team",
      "teams",
      "monitoring",
      "Rolled back: {{ environment }} is on {{ to }}",
      ROLLED_BACK,
    ),
    shipped(
      "email-leads",
      "Short report to leads",
      "Leads",
      "email",
      "monitoring",
      "{{ severity }}: {{ title }}",
      TO_LEADS,
    ),
    shipped(
      "status-monitoring",
      "Fixed, we watch it",
      "Customers",
      "status_page",
      "monitoring",
      "Plugin execution is back",
      TO_CUSTOMERS,
    ),
    shipped(
      "ticket-follow-up",
      "Follow-up",
      "Team",
      "ticket",
      "monitoring",
      "Follow up: {{ title }}",
      "{{ environment }} was rolled back from {{ from }} to {{ to }} at {{ rolled_back_at }}.",
    ),
  ];
}

function shipped(
  id: string,
  title: string,
  audience: string,
  kind: TemplateRow["kind"],
  stage: TemplateRow["stage"],
  heading: string,
  body: string,
): TemplateText {
  const text = `# ${heading}\n\n${body}`;
  return { row: { id, title, audience, kind, stage, origin: "shipped", broken: false }, text, shipped: text };
}

function overridden(...given: Parameters<typeof shipped>): TemplateText {
  const template = shipped(...given);
  return { ...template, row: { ...template.row, origin: "override" }, shipped: INVESTIGATING };
}
