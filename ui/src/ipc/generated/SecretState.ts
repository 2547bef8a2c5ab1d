// stopgap

export type SecretState = "kept" | "this_session" | "missing" | "locked" | "no_keychain" | "not_needed";
