// stopgap

export type ReviewDeed = "ask" | "approve" | "withdraw";
