// stopgap

export type SettleChoice = "it_arrived" | "send_again" | "drop";
