//! What would take the whole machine with it, on a host that pretends, drawn by the same engine.

use lastgood_e2e::{By, Desk, Failure, Look, Pretence};

use super::SAID_WITHIN;

/// A situation of the host that pretends, and what the window says of it.
struct Situation {
    scenario: &'static str,
    /// What is clicked first.
    way: Option<&'static str>,
    place: &'static str,
    sentence: &'static str,
    next: &'static str,
}

const SITUATIONS: [Situation; 3] = [
    Situation {
        scenario: "slept",
        way: None,
        place: "gap",
        sentence: "This computer slept for 8 h 4 min.",
        next: "look before you act on it",
    },
    Situation {
        scenario: "clock-set",
        way: None,
        place: "gap",
        sentence: "The clock of this computer was set back by 2 h 0 min.",
        next: "Check the clock",
    },
    Situation {
        scenario: "broken",
        way: Some("watch"),
        place: "driver",
        sentence: "The journal cannot be written: database or disk is full.",
        next: "Make room on the disk",
    },
];

#[test]
fn a_sleep_a_clock_that_was_set_and_a_full_disk_have_their_words_in_both_looks() -> Result<(), Failure> {
    let pretence = Pretence::start()?;
    for (look, name) in [(Look::Dark, "dark"), (Look::Light, "light")] {
        let desk = Desk::start(look)?;
        let window = pretence.open(&desk)?;
        for Situation { scenario, way, place, sentence, next } in SITUATIONS {
            pretence.show(&window, scenario)?;
            window.find(&By::test_id("hero-live"))?;
            if let Some(way) = way {
                window.click(&By::test_id(way))?;
            }
            window.wait_until(&format!("the words of {scenario}"), SAID_WITHIN, |window| {
                let text = window.text(&By::test_id(place))?;
                Ok(text.contains(sentence) && text.contains(next))
            })?;
            window.picture(&format!("trouble-{scenario}-{name}"))?;
        }
    }
    Ok(())
}
