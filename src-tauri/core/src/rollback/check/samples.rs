//! What a probe saw, look by look: the evidence behind its one answer.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::rollback::check::Verdict;

/// So many looks are kept of one answer.
pub const MOST: usize = 200;

/// A service may answer with a page; of its words so many characters are kept.
const LONGEST: usize = 120;

/// One look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// When it was asked.
    pub at: Timestamp,
    /// Until it answered, or was given up.
    pub milliseconds: u64,
    pub verdict: Verdict,
    /// The status or the version; else why there was none.
    pub words: String,
}

/// The looks of one answer, in the order of time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Samples {
    pub kept: Vec<Sample>,
    /// So many more were seen between those, and said the same as the ones beside them as long as that was enough.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left_out: u32,
}

impl Samples {
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// Adds one. Where they become too many, every second one goes that says what both of its neighbours say; the first,
    /// the last and each turn stay.
    pub fn push(&mut self, mut sample: Sample) {
        let words = sample.words.trim();
        sample.words = words.chars().take(LONGEST).collect();
        self.kept.push(sample);
        let before = self.kept.len();
        if before > MOST {
            self.thin(|all, place| says_the_same(all, place - 1, place) && says_the_same(all, place, place + 1));
        }
        if self.kept.len() > MOST {
            // It never says the same twice.
            self.thin(|_, _| true);
        }
        self.left_out = self.left_out.saturating_add(u32::try_from(before - self.kept.len()).unwrap_or(u32::MAX));
    }

    /// For one sentence: how many looks there were, and how many of them were no yes.
    pub fn words(&self) -> String {
        let not_well = self.kept.iter().filter(|sample| sample.verdict != Verdict::Passed).count();
        let times = || self.kept.iter().map(|sample| sample.milliseconds);
        let (least, most) = (times().min().unwrap_or_default(), times().max().unwrap_or_default());
        let took = if least == most { format!("{least} ms") } else { format!("{least} to {most} ms") };
        let looks = if self.kept.len() == 1 { "1 look".to_owned() } else { format!("{} looks", self.kept.len()) };
        let left_out = match self.left_out {
            0 => String::new(),
            more => format!(", {more} more between them not kept"),
        };
        format!("{looks} in {took}, {not_well} not well{left_out}")
    }

    /// Takes every second one of those away that may go.
    fn thin(&mut self, may_go: impl Fn(&[Sample], usize) -> bool) {
        let all = std::mem::take(&mut self.kept);
        let mut went = false;
        for (place, sample) in all.iter().enumerate() {
            let is_end = place == 0 || place + 1 == all.len();
            went = !is_end && !went && may_go(&all, place);
            if !went {
                self.kept.push(sample.clone());
            }
        }
    }
}

fn says_the_same(all: &[Sample], one: usize, other: usize) -> bool {
    let said = |place: usize| all.get(place).map(|sample| (sample.verdict, &sample.words));
    said(one) == said(other)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}
