use std::fmt;

use super::count::Count;

/// How a stage ended.
pub(super) enum End {
    Passed(Count),
    Failed(Count, String),
    /// This machine cannot do it, and nothing else depends on it: the sentence says what it lacks.
    Skipped(String),
    /// A stage that it needs has failed.
    NotRun(String),
}

impl End {
    /// A stage that failed without a failing test, as one that did not compile, counts as one.
    pub(super) fn count(&self) -> Count {
        match self {
            Self::Passed(count) => *count,
            Self::Failed(count, _) => Count { failed: count.failed.max(1), ..*count },
            Self::Skipped(_) | Self::NotRun(_) => Count::default(),
        }
    }

    /// Both together: passed only when both have.
    pub(super) fn and(self, other: Self) -> Self {
        let count = self.count() + other.count();
        match (self, other) {
            (Self::Passed(_), Self::Passed(_)) => Self::Passed(count),
            (Self::Failed(_, why), _) | (_, Self::Failed(_, why)) => Self::Failed(count, why),
            (end, _) => end,
        }
    }
}

impl fmt::Display for End {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passed(Count { passed: 0 | 1, .. }) => write!(out, "passed"),
            Self::Passed(count) => write!(out, "passed, {} tests", count.passed),
            Self::Failed(count, why) if count.failed > 1 => {
                write!(out, "FAILED, {} tests: {why}", count.failed)
            }
            Self::Failed(_, why) => write!(out, "FAILED: {why}"),
            Self::Skipped(why) => write!(out, "skipped: {why}"),
            Self::NotRun(why) => write!(out, "not run: {why}"),
        }
    }
}
