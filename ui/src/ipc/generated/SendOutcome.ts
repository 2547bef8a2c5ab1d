// stopgap

export type SendOutcome = "queued" | "sending" | "delivered" | "refused" | "unknown" | "stale" | "dropped";
