// stopgap
import type { ChannelKind } from "./ChannelKind";
import type { Stage } from "./Stage";
import type { TemplateOrigin } from "./TemplateOrigin";

export type TemplateRow = { id: string, title: string, audience: string, kind: ChannelKind, stage: Stage | null, origin: TemplateOrigin, broken: boolean, };
