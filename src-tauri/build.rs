//! Hands the capability files and the embedded window to Tauri.

use tauri_build::{Attributes, CodegenContext};

fn main() {
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    println!("cargo:rerun-if-changed=ui/dist");
    let attributes =
        Attributes::new().capabilities_path_pattern("./src-tauri/capabilities/**/*").codegen(CodegenContext::new());
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo:warning={error:#}");
        std::process::exit(1);
    }
}
