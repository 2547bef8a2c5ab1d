// stopgap

export type SecretState = "kept" | "this_session" | "missing" | "locked" | "not_needed";
