//! Which template fits: what just happened, told to whom, where.

use serde::{Deserialize, Serialize};

use super::outbox::{Delivery, SendPhase};
use super::{Audience, Incident, Stage};
use crate::ids::ChannelName;
use crate::rollback::{Outcome, Rollback};
use crate::settings::telling::ChannelKind;

/// What there is to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    Declared,
    RollingBack,
    RolledBack,
    /// It was told that a rollback began, and that rollback did not work or was taken back.
    NotRolledBack,
    Identified,
    Monitoring,
    Resolved,
    NothingNew,
}

impl Moment {
    pub const ALL: [Self; 8] = [
        Self::Declared,
        Self::RollingBack,
        Self::RolledBack,
        Self::NotRolledBack,
        Self::Identified,
        Self::Monitoring,
        Self::Resolved,
        Self::NothingNew,
    ];

    /// What there is to tell this channel now. A rollback counts until the channel was told of its end, whatever it was told
    /// of an earlier one; who goes forward rolls nothing back.
    pub fn of(incident: &Incident, rollback: Option<&Rollback>, channel: &ChannelName) -> Self {
        if incident.stage == Stage::Resolved {
            return Self::Resolved;
        }
        let rollback = rollback.filter(|rollback| !rollback.plan.forward);
        let told = |moment: Self| {
            let mut about = incident.to_channel(channel).filter(|delivery| is_about(delivery, rollback));
            about.any(|delivery| delivery.tells(moment))
        };
        match rollback.map(|rollback| rollback.end.as_ref().map(|end| end.outcome)) {
            Some(None) if !told(Self::RollingBack) => return Self::RollingBack,
            Some(Some(Outcome::Succeeded)) if !told(Self::RolledBack) => return Self::RolledBack,
            Some(Some(Outcome::Failed | Outcome::Errored | Outcome::Aborted))
                if told(Self::RollingBack) && !told(Self::NotRolledBack) =>
            {
                return Self::NotRolledBack;
            }
            Some(_) | None => {}
        }
        Self::at(incident.stage, incident.to_channel(channel).next().is_none())
    }

    /// A person took back, or declined, what was to tell this channel so of this rollback: whether it is told in other words is
    /// a person's to say.
    pub fn was_taken_back(self, incident: &Incident, rollback: &Rollback, channel: &ChannelName) -> bool {
        let about = |delivery: &&Delivery| is_about(delivery, Some(rollback)) && delivery.is_of(self);
        incident.to_channel(channel).filter(about).any(|delivery| delivery.phase == SendPhase::Dropped)
    }

    /// What a template of this name tells, by how shipped ones are named; `None` where its name does not say.
    pub fn named(template: &str) -> Option<Self> {
        let (_, moment) = template.split_once('-')?;
        Some(match moment {
            "declared" | "opened" | "investigating" => Self::Declared,
            "rolling-back" => Self::RollingBack,
            "rolled-back" => Self::RolledBack,
            "not-rolled-back" => Self::NotRolledBack,
            "identified" => Self::Identified,
            "monitoring" => Self::Monitoring,
            "resolved" => Self::Resolved,
            "nothing-new" => Self::NothingNew,
            _ => return None,
        })
    }

    /// What there is to tell at a stage that a person chose.
    pub fn at(stage: Stage, first: bool) -> Self {
        match stage {
            Stage::Investigating if first => Self::Declared,
            Stage::Investigating => Self::NothingNew,
            Stage::Identified => Self::Identified,
            Stage::Monitoring => Self::Monitoring,
            Stage::Resolved => Self::Resolved,
        }
    }

    /// The stage that its words speak of: what a status page shows must be what stands in the text.
    pub fn stage(self, standing: Stage) -> Stage {
        match self {
            Self::RollingBack => standing.max(Stage::Identified),
            Self::RolledBack | Self::Monitoring => standing.max(Stage::Monitoring),
            Self::Identified => standing.max(Stage::Identified),
            Self::Resolved => Stage::Resolved,
            Self::NotRolledBack if standing == Stage::Monitoring => Stage::Identified,
            Self::NotRolledBack | Self::Declared | Self::NothingNew => standing,
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
            Self::NotRolledBack => "team-not-rolled-back",
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
            Self::NotRolledBack | Self::NothingNew => "status-nothing-new",
        }
    }

    fn of_ticket(self, first: bool) -> &'static str {
        match self {
            Self::Resolved => "ticket-resolved",
            _ if first => "ticket-opened",
            Self::Declared
            | Self::RollingBack
            | Self::RolledBack
            | Self::NotRolledBack
            | Self::Identified
            | Self::Monitoring
            | Self::NothingNew => "ticket-update",
        }
    }
}

/// It says itself which rollback it was written about. Where an earlier version wrote it, the time decides.
fn is_about(delivery: &Delivery, rollback: Option<&Rollback>) -> bool {
    let Some(rollback) = rollback else { return true };
    delivery.rollback.as_ref().map_or(delivery.queued_at >= rollback.plan.started, |id| *id == rollback.id)
}
