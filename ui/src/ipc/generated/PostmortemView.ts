// stopgap
import type { ActionView } from "./ActionView";
import type { InsertableFact } from "./InsertableFact";
import type { PostmortemState } from "./PostmortemState";
import type { SectionHint } from "./SectionHint";
import type { TimeView } from "./TimeView";
import type { TimelineLine } from "./TimelineLine";

export type PostmortemView = { id: string, title: string, at: string, incident: string | null, state: PostmortemState, pullRequest: string | null, text: string, revision: string, savedAt: string | null, times: Array<TimeView>, lines: Array<TimelineLine>, facts: Array<InsertableFact>, hints: Array<SectionHint>, actions: Array<ActionView>, editable: boolean, };
