//! The sections that people write, in their order. A hint asks about the system, never about a person.

/// A section of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SectionName {
    Summary,
    Impact,
    WhatHappened,
    ContributingFactors,
    WhatWentWell,
    WhereWeWereLucky,
    WhatWeWillDo,
}

impl SectionName {
    pub const ALL: [Self; 7] = [
        Self::Summary,
        Self::Impact,
        Self::WhatHappened,
        Self::ContributingFactors,
        Self::WhatWentWell,
        Self::WhereWeWereLucky,
        Self::WhatWeWillDo,
    ];

    /// Its heading in the document.
    pub fn title(self) -> &'static str {
        match self {
            Self::Summary => "Summary",
            Self::Impact => "Impact",
            Self::WhatHappened => "What happened",
            Self::ContributingFactors => "Contributing factors",
            Self::WhatWentWell => "What went well",
            Self::WhereWeWereLucky => "Where we were lucky",
            Self::WhatWeWillDo => "What we will do",
        }
    }

    /// What to think of while writing it. Shown beside the section, never written into it.
    pub fn hint(self) -> &'static str {
        match self {
            Self::Summary => "Two or three sentences that somebody outside the team understands a year from now.",
            Self::Impact => "Who could not do what, for how long, and how many of them. Say where a number is a guess.",
            Self::WhatHappened => "What people saw and knew at that moment, and why what they did made sense then.",
            Self::ContributingFactors => {
                "Several conditions met. For each: what made it possible, likely, or hard to see? Name systems, not people."
            }
            Self::WhatWentWell => "What kept it from becoming worse, so that nobody removes it by mistake.",
            Self::WhereWeWereLucky => "What would have made it worse and did not happen, for no reason of ours.",
            Self::WhatWeWillDo => {
                "One change to the system a line, each with somebody who takes it on, a day, and a ticket."
            }
        }
    }

    /// By its heading, whatever its case.
    pub fn of_heading(heading: &str) -> Option<Self> {
        let heading = heading.trim().to_lowercase();
        Self::ALL.into_iter().find(|name| name.title().to_lowercase() == heading)
    }
}
