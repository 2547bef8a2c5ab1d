//! What would take the whole machine with it, on a host that pretends, drawn by the same engine.

use lastgood_e2e::{By, Desk, Failure, Look, Pretence};

use super::SAID_WITHIN;

/// The situation, where it shows, its sentence and its next action.
const SITUATIONS: [(&str, &str, &str, &str); 3] = [
    ("slept", "gap", "This computer slept for 8 h 4 min.", "look before you act on it"),
    ("clock-set", "gap", "The clock of this computer was set back by 2 h 0 min.", "Check the clock"),
    ("broken", "timeline", "", ""),
];

#[test]
fn a_sleep_and_a_clock_that_was_set_have_their_words_in_both_looks() -> Result<(), Failure> {
    let pretence = Pretence::start()?;
    for (look, name) in [(Look::Dark, "dark"), (Look::Light, "light")] {
        let desk = Desk::start(look)?;
        let window = pretence.open(&desk)?;
        for (scenario, place, sentence, next) in SITUATIONS {
            pretence.show(&window, scenario)?;
            window.wait_until(&format!("the words of {scenario}"), SAID_WITHIN, |window| {
                let text = window.text(&By::test_id(place))?;
                Ok(text.contains(sentence) && text.contains(next))
            })?;
            window.find(&By::test_id("hero-live"))?;
            window.picture(&format!("trouble-{scenario}-{name}"))?;
        }
    }
    Ok(())
}
