// stopgap
import type { ActionView } from "./ActionView";

export type OpenAction = { postmortem: string, postmortemTitle: string, action: ActionView, };
