//! What is said and seen of the releases that run, in a timeline's words.

use super::{Told, detail, main, quoted, some};
use crate::live::event::Event;
use crate::postmortem::line::{Answered, LineKind};
use crate::rollback::check::Verdict;

pub(super) fn tell(event: &Event) -> Told {
    match event {
        Event::LiveMarkedGood { tag, by, reason } => {
            let told = detail(LineKind::Decision, format!("{tag} said to be good: {}", quoted(reason)));
            Told { who: some(by), ..told }
        }
        Event::LiveMarkTakenBack { tag, by, reason } => {
            let told = detail(LineKind::Decision, format!("{tag} no longer said to be good: {}", quoted(reason)));
            Told { who: some(by), ..told }
        }
        Event::LiveHealthSeen { tag, well, sentence } => {
            let of = tag.as_ref().map(|tag| format!(" of {tag}")).unwrap_or_default();
            let (kind, turned, verdict) = if *well {
                (LineKind::Proof, "well", Verdict::Passed)
            } else {
                (LineKind::Signal, "not well", Verdict::Failed)
            };
            let told = main(kind, format!("Health{of} {turned}: {}", sentence.trim().trim_end_matches('.')));
            Told { answer: Some(Answered { question: "Health", verdict }), ..told }
        }
    }
}
