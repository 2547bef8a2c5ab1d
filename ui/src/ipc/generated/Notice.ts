// stopgap
import type { InboxItem } from "./InboxItem";
import type { IncidentSummary } from "./IncidentSummary";
import type { IncidentView } from "./IncidentView";
import type { Overview } from "./Overview";
import type { RepositoryView } from "./RepositoryView";
import type { RollbackView } from "./RollbackView";
import type { SettingsView } from "./SettingsView";

export type Notice = { "kind": "overview", overview: Overview, } | { "kind": "rollback", rollback: RollbackView, } | { "kind": "releases", } | { "kind": "repository", repository: RepositoryView, } | { "kind": "inbox", items: Array<InboxItem>, } | { "kind": "incidents", incidents: Array<IncidentSummary>, } | { "kind": "incident", incident: IncidentView, } | { "kind": "postmortems", } | { "kind": "show", rollback: string | null, } | { "kind": "settings", settings: SettingsView, };
