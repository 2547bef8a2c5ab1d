// stopgap
import type { ChannelKind } from "./ChannelKind";
import type { ChannelTest } from "./ChannelTest";
import type { SecretState } from "./SecretState";

export type ChannelView = { id: string, title: string, kind: ChannelKind, target: string, audiences: Array<string>, secret: SecretState, secretSentence: string, secretHint: string, lastTest: ChannelTest | null, };
