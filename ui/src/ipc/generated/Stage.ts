// stopgap

export type Stage = "investigating" | "identified" | "monitoring" | "resolved";
