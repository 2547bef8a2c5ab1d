//! The core does no input or output and never reads the clock: time, ids and randomness come in.

use crate::tree::{SourceFile, files};

const CORE: &str = "src-tauri/core/src";
const IMPURE: [&str; 10] = [
    "std::env",
    "std::fs",
    "std::net",
    "std::process",
    "std::thread",
    "Instant::now",
    "SystemTime::now",
    "Timestamp::now",
    "Zoned::now",
    "println!",
];

#[test]
fn the_core_reads_no_clock_and_touches_nothing_outside() {
    let sources = files(CORE, &["rs"]);
    assert!(!sources.is_empty(), "the core was not found in {CORE}");
    assert_eq!(impure(&sources), [""; 0]);
}

#[test]
fn a_clock_read_in_the_core_is_found_and_a_word_in_a_comment_is_not() {
    let clock = SourceFile::new("core/hold.rs", "// why\nlet now = Timestamp::now();\n");
    let word = SourceFile::new("core/ports.rs", "/// The place of `Timestamp::now`.\ntrait Clock {}\n");
    assert_eq!(impure(&[clock, word]), ["core/hold.rs:2 uses Timestamp::now; let it come in by a port"]);
}

fn impure(sources: &[SourceFile]) -> Vec<String> {
    let mut found = Vec::new();
    for file in sources {
        for (number, line) in file.text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            if let Some(word) = IMPURE.iter().find(|word| code.contains(*word)) {
                found.push(format!("{}:{} uses {word}; let it come in by a port", file.path, number + 1));
            }
        }
    }
    found
}
