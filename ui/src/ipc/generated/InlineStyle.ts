// stopgap

export type InlineStyle = "plain" | "strong" | "emphasis" | "code" | "link" | "gap";
