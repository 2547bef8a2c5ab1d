// stopgap
import type { Stage } from "./Stage";

export type IncidentChange = { "kind": "title", title: string, } | { "kind": "severity", severity: number, } | { "kind": "stage", stage: Stage, } | { "kind": "value", name: string, value: string, } | { "kind": "surfaces", surfaces: Array<string>, } | { "kind": "role", role: string, person: string, } | { "kind": "note", text: string, };
