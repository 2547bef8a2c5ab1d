// stopgap

export type ChannelKind = "slack" | "teams" | "email" | "status_page" | "in_app" | "ticket" | "release_notes" | "webhook";
