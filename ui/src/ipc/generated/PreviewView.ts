// stopgap
import type { ComponentLine } from "./ComponentLine";
import type { EventTone } from "./EventTone";
import type { PreviewBlock } from "./PreviewBlock";
import type { Stage } from "./Stage";

export type PreviewView = { "kind": "slack", sender: string, tone: EventTone, blocks: Array<PreviewBlock>, } | { "kind": "teams", sender: string, blocks: Array<PreviewBlock>, } | { "kind": "email", from: string, to: string, subject: string, html: string, text: string, } | { "kind": "status_page", page: string, title: string, stage: Stage, blocks: Array<PreviewBlock>, components: Array<ComponentLine>, } | { "kind": "plain", title: string, text: string, };
