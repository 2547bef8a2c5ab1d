// stopgap

export type CopyFormat = "plain" | "markdown" | "channel";
