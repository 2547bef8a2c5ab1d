//! What a kill leaves of what was typed.

use std::time::{Duration, Instant};

use lastgood_e2e::{Failure, Window};

/// What a person may lose.
const LOST: Duration = Duration::from_millis(300);

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
