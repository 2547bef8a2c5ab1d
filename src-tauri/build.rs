//! Hands the capability files and the embedded window to Tauri.

use std::process::ExitCode;

use tauri_build::{Attributes, CodegenContext};

fn main() -> ExitCode {
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    println!("cargo:rerun-if-changed=ui/dist");
    let attributes =
        Attributes::new().capabilities_path_pattern("./src-tauri/capabilities/**/*").codegen(CodegenContext::new());
    match tauri_build::try_build(attributes) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("cargo:warning={error:#}");
            ExitCode::FAILURE
        }
    }
}
