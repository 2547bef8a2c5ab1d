// stopgap
import type { ChannelKind } from "./ChannelKind";
import type { DestinationState } from "./DestinationState";
import type { Reason } from "./Reason";

export type DestinationView = { id: string, audience: string, title: string, kind: ChannelKind, target: string, closed: Reason | null, state: DestinationState, };
