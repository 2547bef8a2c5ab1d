//! The house rules that can be checked by reading: who may depend on whom, and how files are cut.
#![expect(clippy::unwrap_used, reason = "a tree that cannot be read fails the test")]

mod files;
mod imports;
mod manifests;
mod purity;
mod tree;
mod wire;
