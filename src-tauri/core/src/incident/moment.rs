//! Which template fits: what just happened, told to whom, where.

use super::{Audience, Incident, Stage};
use crate::ids::ChannelName;
use crate::rollback::{Outcome, Rollback};
use crate::settings::telling::ChannelKind;

/// What there is to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Moment {
    Declared,
    RollingBack,
    RolledBack,
    Identified,
    Monitoring,
    Resolved,
    NothingNew,
}

impl Moment {
    pub const ALL: [Self; 7] = [
        Self::Declared,
        Self::RollingBack,
        Self::RolledBack,
        Self::Identified,
        Self::Monitoring,
        Self::Resolved,
        Self::NothingNew,
    ];

    /// What there is to tell this channel now. A rollback counts until the channel was told of its end.
    pub fn of(incident: &Incident, rollback: Option<&Rollback>, channel: &ChannelName) -> Self {
        if incident.stage == Stage::Resolved {
            return Self::Resolved;
        }
        let told = |word: &str| incident.to_channel(channel).any(|delivery| delivery.template.ends_with(word));
        match rollback.map(|rollback| rollback.end.as_ref().map(|end| end.outcome)) {
            Some(None) if !told("rolling-back") => return Self::RollingBack,
            Some(Some(Outcome::Succeeded)) if !told("rolled-back") => return Self::RolledBack,
            Some(_) | None => {}
        }
        match incident.stage {
            Stage::Investigating if incident.to_channel(channel).next().is_none() => Self::Declared,
            Stage::Investigating => Self::NothingNew,
            Stage::Identified => Self::Identified,
            Stage::Monitoring | Stage::Resolved => Self::Monitoring,
        }
    }

    /// The shipped template for it; `first` where the channel was told nothing before.
    pub fn template(self, kind: ChannelKind, audience: Audience, first: bool) -> &'static str {
        match kind {
            ChannelKind::Statuspage | ChannelKind::Instatus | ChannelKind::Cachet | ChannelKind::Cstate => {
                self.of_status_page()
            }
            ChannelKind::Notice if self == Self::Resolved => "notice-resolved",
            ChannelKind::Notice => "notice-open",
            ChannelKind::Github | ChannelKind::Pagerduty => self.of_ticket(first),
            // Each of the two releases has words of its own; the channel chooses (`release-good`).
            ChannelKind::ReleaseNotes => "release-bad",
            ChannelKind::Slack | ChannelKind::SlackBot | ChannelKind::Teams | ChannelKind::Webhook
                if audience == Audience::Team =>
            {
                self.of_team()
            }
            ChannelKind::Email
            | ChannelKind::Slack
            | ChannelKind::SlackBot
            | ChannelKind::Teams
            | ChannelKind::Webhook => self.of_audience(audience, first),
        }
    }

    fn of_team(self) -> &'static str {
        match self {
            Self::Declared => "team-declared",
            Self::RollingBack => "team-rolling-back",
            Self::RolledBack => "team-rolled-back",
            Self::Identified => "team-identified",
            Self::Monitoring => "team-monitoring",
            Self::Resolved => "team-resolved",
            Self::NothingNew => "team-nothing-new",
        }
    }

    fn of_audience(self, audience: Audience, first: bool) -> &'static str {
        match (audience, self) {
            (Audience::Team, _) => self.of_team(),
            (Audience::Leads, Self::Resolved) => "leads-resolved",
            (Audience::Leads, _) if first => "leads-declared",
            (Audience::Leads, _) => "leads-update",
            (Audience::Customers, Self::Resolved) => "customers-resolved",
            (Audience::Customers, _) if first => "customers-declared",
            (Audience::Customers, _) => "customers-update",
        }
    }

    fn of_status_page(self) -> &'static str {
        match self {
            Self::Declared => "status-investigating",
            Self::RollingBack | Self::Identified => "status-identified",
            Self::RolledBack | Self::Monitoring => "status-monitoring",
            Self::Resolved => "status-resolved",
            Self::NothingNew => "status-nothing-new",
        }
    }

    fn of_ticket(self, first: bool) -> &'static str {
        match self {
            Self::Resolved => "ticket-resolved",
            _ if first => "ticket-opened",
            Self::Declared
            | Self::RollingBack
            | Self::RolledBack
            | Self::Identified
            | Self::Monitoring
            | Self::NothingNew => "ticket-update",
        }
    }
}
