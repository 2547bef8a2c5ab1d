// stopgap

export type InsertableKind = "fact" | "event" | "chart";
