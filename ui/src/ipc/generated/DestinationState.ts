// stopgap

export type DestinationState = "empty" | "draft" | "sending" | "sent" | "unclear" | "failed";
