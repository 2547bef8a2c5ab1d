// stopgap

export type PostmortemState = "draft" | "review" | "published";
