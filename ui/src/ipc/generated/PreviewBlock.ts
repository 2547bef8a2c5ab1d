// stopgap
import type { FactPair } from "./FactPair";
import type { Inline } from "./Inline";
import type { LinkButton } from "./LinkButton";

export type PreviewBlock = { "kind": "header", text: Array<Inline>, } | { "kind": "section", text: Array<Inline>, } | { "kind": "facts", facts: Array<FactPair>, } | { "kind": "list", items: Array<Array<Inline>>, } | { "kind": "context", text: Array<Inline>, } | { "kind": "buttons", buttons: Array<LinkButton>, } | { "kind": "divider", };
