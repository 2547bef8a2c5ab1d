// stopgap
import type { ChannelKind } from "./ChannelKind";
import type { SendOutcome } from "./SendOutcome";
import type { SettleChoice } from "./SettleChoice";

export type ReceiptView = { id: string, at: string, destination: string, title: string, kind: ChannelKind, target: string, subject: string, outcome: SendOutcome, sentence: string, hint: string, choices: Array<SettleChoice>, url: string | null, };
