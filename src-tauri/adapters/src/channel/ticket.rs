//! Where an incident becomes somebody's work.

pub(super) mod github;
pub(super) mod pagerduty;
