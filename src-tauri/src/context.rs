//! The window's files and settings, as `build.rs` embedded them.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "tauri-build generates this code"
)]

pub(crate) fn context() -> tauri::Context {
    tauri::tauri_build_context!()
}
