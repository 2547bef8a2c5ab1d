//! What the program does, step by step, on standard error, for whoever asks for it.

use tracing_subscriber::EnvFilter;

/// As in `LASTGOOD_LOG=debug`; the window knows the same variable.
const VARIABLE: &str = "LASTGOOD_LOG";

/// Without the variable nothing is logged: standard error is for troubles.
pub(crate) fn keep() {
    if let Ok(filter) = EnvFilter::try_from_env(VARIABLE) {
        // A second subscriber would be refused; there is only this one.
        drop(
            tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false).try_init(),
        );
    }
}
