//! Logs as they come, and what a person reads of them.

use lastgood_core::log::{LineKind, read, strip};
use proptest::prelude::*;

const SAMPLE: &str = "\u{feff}2026-11-22T14:41:07.1234560Z ##[group]Run ./deploy.sh\n\
    2026-11-22T14:41:07.1234570Z [command]/usr/bin/sh deploy.sh\n\
    2026-11-22T14:41:07.2000000Z ##[endgroup]\n\
    2026-11-22T14:41:08.0000000Z 10 %\r50 %\r100 %\r\n\
    and a line of the same moment\n\
    2026-11-22T14:41:09.0000000Z ##[error]1 of 3 instances did not start\n";

#[test]
fn times_marks_and_progress_are_read_and_ends_of_groups_left_out() {
    let log = read(SAMPLE, 100);
    let told: Vec<(LineKind, &str, bool)> =
        log.lines.iter().map(|line| (line.kind, line.text.as_str(), line.at.is_some())).collect();
    assert_eq!(
        told,
        [
            (LineKind::Group, "Run ./deploy.sh", true),
            (LineKind::Command, "/usr/bin/sh deploy.sh", true),
            (LineKind::Plain, "100 %", true),
            (LineKind::Plain, "and a line of the same moment", false),
            (LineKind::Error, "1 of 3 instances did not start", true),
        ]
    );
    assert!(!log.cut);
}

#[test]
fn of_a_long_log_the_end_is_kept_and_of_a_long_line_the_beginning() {
    let log = read(SAMPLE, 2);
    assert_eq!((log.lines.len(), log.cut), (2, true));
    assert_eq!(log.lines[1].kind, LineKind::Error);
    let long = read(&"ü".repeat(10_000), 2);
    assert_eq!(long.lines[0].text.chars().count(), 2_001);
}

#[test]
fn codes_for_terminals_are_taken_out() {
    let links = "\u{1b}]8;;https://example.org\u{1b}\\name\u{1b}]8;;\u{7}";
    assert_eq!(strip(&format!("\u{1b}[1;31mred\u{1b}[0m {links} \u{1b}(Bx")), "red name x");
    assert_eq!(strip("\u{1b}[31;1;\nnext"), "\nnext", "a sequence that never ends takes its line and no more");
}

proptest! {
    #[test]
    fn nothing_that_a_program_can_write_breaks_the_reading(text in ".{0,200}", most in 0..5_usize) {
        let plain = strip(&text);
        let escapes = plain.contains('\u{1b}');
        prop_assert!(!escapes);
        prop_assert!(read(&plain, most).lines.len() <= most);
    }
}
