// stopgap

export type ReviewState = "not_needed" | "needed" | "asked" | "approved" | "outdated";
