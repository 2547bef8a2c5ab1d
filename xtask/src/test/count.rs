use std::ops::Add;

/// Tests that passed and failed; a stage without tests counts as one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) passed: u32,
    pub(super) failed: u32,
}

impl Count {
    /// What a line of output adds: the summaries of cargo test, nextest and vitest are known.
    pub(super) fn of_line(line: &str) -> Self {
        let whole = without_colours(line);
        let line = whole.trim();
        // What nextest repeats of a test that failed is set in, and is in its own summary already.
        let summary = if let Some(rest) = whole.strip_prefix("test result: ") {
            rest.split_once(". ").map(|(_, counts)| counts)
        } else if line.starts_with("Summary [") {
            line.split_once("run: ").map(|(_, counts)| counts)
        } else {
            line.strip_prefix("Tests  ")
        };
        summary.map_or_else(Self::default, Self::of_summary)
    }

    /// `3 passed; 1 failed; 0 ignored`, `2 passed (1 slow), 1 timed out`, `1 failed | 12 passed (13)`
    fn of_summary(counts: &str) -> Self {
        counts.split([',', ';', '|']).fold(Self::default(), |sum, part| {
            let mut words = part.split_whitespace();
            let number: Option<u32> = words.next().and_then(|word| word.parse().ok());
            let rest: Vec<&str> = words.take(2).collect();
            sum + match (number, rest.as_slice()) {
                (Some(passed), ["passed", ..]) => Self { passed, failed: 0 },
                (Some(failed), ["failed", ..] | ["timed", "out"] | ["exec", "failed"]) => Self { passed: 0, failed },
                (Some(_) | None, _) => Self::default(),
            }
        })
    }
}

impl Add for Count {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { passed: self.passed + other.passed, failed: self.failed + other.failed }
    }
}

/// The line without the terminal's colour sequences (`ESC [ … m`).
fn without_colours(line: &str) -> String {
    let mut pieces = line.split("\u{1b}[");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| text + piece.split_once('m').map_or(piece, |(_, rest)| rest))
}

#[cfg(test)]
mod tests {
    use super::Count;

    fn count(passed: u32, failed: u32) -> Count {
        Count { passed, failed }
    }

    #[test]
    fn the_summary_of_cargo_test_is_counted() {
        let line = "test result: FAILED. 3 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s";
        assert_eq!(Count::of_line(line), count(3, 1));
    }

    #[test]
    fn the_summary_of_nextest_is_counted_with_its_time_outs() {
        let line = "     Summary [   1.204s] 9 tests run: 6 passed (1 slow), 2 failed, 1 timed out, 4 skipped";
        assert_eq!(Count::of_line(line), count(6, 3));
    }

    #[test]
    fn the_summary_of_vitest_is_counted_in_colour() {
        let line = "\u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m\u{1b}[31m1 failed\u{1b}[39m\u{1b}[22m | \u{1b}[32m12 passed\u{1b}[39m (13)";
        assert_eq!(Count::of_line(line), count(12, 1));
    }

    #[test]
    fn any_other_line_adds_nothing() {
        assert_eq!(Count::of_line("3 passed; 1 failed, says a test"), Count::default());
        let repeated = "    test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 57 filtered out";
        assert_eq!(Count::of_line(repeated), Count::default());
    }
}
