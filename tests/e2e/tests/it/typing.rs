//! What a kill leaves of what was typed.

use std::time::{Duration, Instant};

use lastgood_e2e::{Failure, Window};

/// What a person may lose.
const LOST: Duration = Duration::from_millis(300);

/// Points in time that nobody chose: the same for the same seed.
pub(crate) struct Points(u64);

impl Points {
    /// From `LASTGOOD_SEED`, else from the clock; says which seed it was.
    #[expect(clippy::print_stderr, reason = "a test that failed is run again with its seed")]
    pub(crate) fn new() -> Self {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let now = now.map_or(1, |time| u64::from(time.subsec_nanos()) + time.as_secs());
        let seed = std::env::var("LASTGOOD_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(now);
        eprintln!("LASTGOOD_SEED={seed}");
        Self(seed)
    }

    /// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
    pub(crate) fn next_within(&mut self, range: std::ops::Range<Duration>) -> Duration {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let part = f64::from(u32::try_from((mixed ^ (mixed >> 31)) >> 32).unwrap_or(0)) / f64::from(u32::MAX);
        range.start + (range.end - range.start).mul_f64(part)
    }
}

/// Letters, each with the moment at which the window had it.
pub(crate) struct Typed(Vec<(char, Instant)>);

impl Typed {
    /// Types as fast as the window takes it, for so long.
    pub(crate) fn into(window: &Window, time: Duration) -> Result<Self, Failure> {
        let begun = Instant::now();
        let mut typed = Vec::new();
        for letter in "abcdefghijklmnopqrstuvwxyz".chars().cycle() {
            window.press(&[letter])?;
            typed.push((letter, Instant::now()));
            if begun.elapsed() > time {
                break;
            }
        }
        Ok(Self(typed))
    }

    /// How much of it the text begins with, before what had been `there`; fails where more is missing than the last moment
    /// before the kill.
    pub(crate) fn kept(&self, text: &str, there: &str, killed: Instant) -> Result<String, Failure> {
        let whole: String = self.0.iter().map(|(letter, _)| *letter).collect();
        let sure = self.0.iter().take_while(|(_, at)| killed.duration_since(*at) > LOST).count();
        let kept = (0..=whole.len()).rev().find(|count| text.starts_with(&format!("{}{there}", &whole[..*count])));
        let kept =
            kept.ok_or_else(|| Failure::new(format!("{text} does not begin with what was typed: {whole}{there}")))?;
        assert!(kept >= sure, "{kept} of {} letters are there, {sure} had been there for longer", whole.len());
        Ok(format!("{}{there}", &whole[..kept]))
    }
}
