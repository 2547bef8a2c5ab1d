//! `lastgood.toml`, on telling people: `[incident]`, `[channels.NAME]`, `[contacts]`. No secret is in it: each channel's
//! lies in the keychain.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Code, Trouble};
use crate::incident::{Audience, Severity};
use crate::message::render::Format;

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct IncidentSettings {
    /// Whether a rollback opens an incident. Default: yes, where a channel is configured.
    pub on_rollback: Option<bool>,
    /// Severity of an incident whose opener names none. Default: 2.
    pub severity: Option<u8>,
    /// By number, 1 to 4.
    pub severities: BTreeMap<String, SeveritySettings>,
    /// Minutes between updates, by audience. Default: team 15, leads 30, customers 60.
    pub cadence: BTreeMap<Audience, u32>,
    /// How many minutes before an update is due its alert comes. Default: 3.
    pub warn_minutes: Option<u32>,
    /// A queued update that could not leave for so many minutes is asked about instead of sent. Default: 30.
    pub expire_minutes: Option<u32>,
    /// Email to customers goes out at this severity and worse. Default: 2.
    pub customers_severity: Option<u8>,
    pub review: ReviewSettings,
    /// Updates to these audiences are read by a second person before they leave. Default: none.
    pub second_person: Vec<Audience>,
    /// What "nothing new" does: `record` (default) moves the next update on, `send` also tells the audience so.
    pub nothing_new: NothingNew,
    /// Names below `[contacts]`, or words, in the order in which they are called.
    pub escalation: Vec<String>,
    /// Mail addresses by the group's name.
    pub groups: BTreeMap<String, Vec<String>>,
    /// The public status page.
    pub status_url: Option<String>,
    /// Such as `Europe/Berlin`; times in messages are written in it. Default: UTC.
    pub time_zone: Option<String>,
    /// By name; one that is also shipped takes its place. Files in `.lastgood/templates/` count too.
    pub templates: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NothingNew {
    #[default]
    Record,
    Send,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SeveritySettings {
    /// Default: `SEV` and its number.
    pub name: Option<String>,
    pub meaning: Option<String>,
    /// Minutes between updates to the team at this severity.
    pub cadence: Option<u32>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReviewSettings {
    /// A review follows at this severity and worse. Default: 2.
    pub severity: Option<u8>,
    /// Within so many days. Default: 5.
    pub days: Option<u32>,
}

/// One channel. Which keys it needs depends on its kind; [`ChannelSettings::check`] says what is missing.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChannelSettings {
    pub kind: ChannelKind,
    #[serde(default)]
    pub audience: Option<Audience>,
    /// Sends by itself what a rollback drafts. Default: no.
    #[serde(default)]
    pub automatic: bool,
    /// A second person reads what goes there before it leaves. Default: as `[incident] second_person` says.
    #[serde(default)]
    pub second_person: Option<bool>,
    /// Only at these severities. Default: all.
    #[serde(default)]
    pub severities: Vec<u8>,
    /// Slack: the channel as people know it, and for a bot its id. Email: addresses and groups.
    #[serde(default)]
    pub to: Vec<String>,
    /// Email: the sender.
    #[serde(default)]
    pub from: Option<String>,
    /// Email: where answers go.
    #[serde(default)]
    pub reply_to: Option<String>,
    /// Address of the service: an API of one's own, an SMTP server, the document of a notice.
    #[serde(default)]
    pub url: Option<String>,
    /// Email: `starttls` (default), `tls`, or `none` on this machine alone.
    #[serde(default)]
    pub security: Option<Security>,
    /// Email: the name to sign in with; without one, nobody signs in.
    #[serde(default)]
    pub user: Option<String>,
    /// Email: a file with the certificate of the company's own authority.
    #[serde(default)]
    pub authority: Option<String>,
    /// Statuspage and Instatus: the page's id.
    #[serde(default)]
    pub page: Option<String>,
    /// Status pages: the component's id by the surface's name.
    #[serde(default)]
    pub components: BTreeMap<String, String>,
    /// Status pages: whether their subscribers are told. Default: yes.
    #[serde(default)]
    pub notify: Option<bool>,
    /// GitHub: `owner/name`, else this repository. cState: the address to push to.
    #[serde(default)]
    pub repository: Option<String>,
    /// cState: the branch. Default: `main`.
    #[serde(default)]
    pub branch: Option<String>,
    /// GitHub: labels of the issue.
    #[serde(default)]
    pub labels: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChannelKind {
    /// An incoming webhook: posts only, no thread.
    Slack,
    /// A bot token: one headline message, edited in place, with a thread.
    SlackBot,
    Teams,
    Email,
    Statuspage,
    Instatus,
    Cachet,
    Cstate,
    Github,
    Pagerduty,
    Notice,
    ReleaseNotes,
    Webhook,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    Starttls,
    Tls,
    None,
}

impl ChannelKind {
    pub const ALL: [Self; 13] = [
        Self::Slack,
        Self::SlackBot,
        Self::Teams,
        Self::Email,
        Self::Statuspage,
        Self::Instatus,
        Self::Cachet,
        Self::Cstate,
        Self::Github,
        Self::Pagerduty,
        Self::Notice,
        Self::ReleaseNotes,
        Self::Webhook,
    ];

    pub fn format(self) -> Format {
        match self {
            Self::Slack | Self::SlackBot => Format::Slack,
            Self::Teams => Format::Teams,
            Self::Email => Format::Mail,
            Self::Statuspage => Format::Status,
            Self::Pagerduty => Format::Event,
            Self::Instatus | Self::Cachet | Self::Cstate | Self::Github | Self::ReleaseNotes => Format::Markdown,
            Self::Notice | Self::Webhook => Format::Notice,
        }
    }

    /// As the service calls itself.
    pub fn title(self) -> &'static str {
        match self {
            Self::Slack | Self::SlackBot => "Slack",
            Self::Teams => "Teams",
            Self::Email => "Email",
            Self::Statuspage => "Statuspage",
            Self::Instatus => "Instatus",
            Self::Cachet => "Cachet",
            Self::Cstate => "cState",
            Self::Github => "GitHub issue",
            Self::Pagerduty => "PagerDuty",
            Self::Notice => "In-app notice",
            Self::ReleaseNotes => "Release notes",
            Self::Webhook => "Webhook",
        }
    }

    pub fn audience(self) -> Audience {
        match self {
            Self::Slack | Self::SlackBot | Self::Teams | Self::Github | Self::Pagerduty | Self::Webhook => {
                Audience::Team
            }
            Self::Email => Audience::Leads,
            Self::Statuspage | Self::Instatus | Self::Cachet | Self::Cstate | Self::Notice | Self::ReleaseNotes => {
                Audience::Customers
            }
        }
    }

    /// Whether its messages of one incident hang on what the first was called there: lost, a second would begin anew.
    pub fn threads(self) -> bool {
        matches!(self, Self::SlackBot | Self::Statuspage | Self::Instatus | Self::Cachet | Self::Github)
    }

    pub fn is_status_page(self) -> bool {
        matches!(self, Self::Statuspage | Self::Instatus | Self::Cachet | Self::Cstate)
    }

    /// What is kept in the keychain for it; `None` where nothing is needed.
    pub fn secret(self) -> Option<&'static str> {
        match self {
            Self::Slack => Some("the webhook's whole address"),
            Self::SlackBot => Some("the bot's token, xoxb-…"),
            Self::Teams => Some("the workflow's whole address"),
            Self::Email => Some("the password, where a user is named"),
            Self::Statuspage | Self::Instatus | Self::Cachet => Some("the API key"),
            Self::Pagerduty => Some("the routing key"),
            Self::Webhook => Some("the key that signs"),
            Self::Notice => Some("a bearer token, where the address wants one"),
            Self::Cstate | Self::Github | Self::ReleaseNotes => None,
        }
    }
}

impl ChannelSettings {
    pub fn audience(&self) -> Audience {
        self.audience.unwrap_or_else(|| self.kind.audience())
    }

    /// Whether somebody other than the author reads it before it leaves.
    pub fn is_reviewed(&self, settings: &IncidentSettings) -> bool {
        self.second_person.unwrap_or_else(|| settings.second_person.contains(&self.audience()))
    }

    /// Without its secret it can do nothing.
    pub fn needs_secret(&self) -> bool {
        match self.kind {
            ChannelKind::Email => self.user.is_some(),
            ChannelKind::Notice => false,
            kind @ (ChannelKind::Slack
            | ChannelKind::SlackBot
            | ChannelKind::Teams
            | ChannelKind::Statuspage
            | ChannelKind::Instatus
            | ChannelKind::Cachet
            | ChannelKind::Cstate
            | ChannelKind::Github
            | ChannelKind::Pagerduty
            | ChannelKind::ReleaseNotes
            | ChannelKind::Webhook) => kind.secret().is_some(),
        }
    }

    /// # Errors
    /// [`Code::ChannelUnready`] with the first key that is missing.
    pub fn check(&self, name: &str) -> Result<(), Trouble> {
        let missing = match self.kind {
            ChannelKind::SlackBot if self.to.is_empty() => Some("to = [\"CHANNEL-ID\"]"),
            ChannelKind::Email if self.to.is_empty() => Some("to = [\"team@example.com\"]"),
            ChannelKind::Email if self.from.is_none() => Some("from = \"lastgood@example.com\""),
            ChannelKind::Email if self.url.is_none() => Some("url = \"smtp.example.com:587\""),
            ChannelKind::Statuspage | ChannelKind::Instatus if self.page.is_none() => Some("page = \"PAGE-ID\""),
            ChannelKind::Cachet | ChannelKind::Notice | ChannelKind::Webhook if self.url.is_none() => {
                Some("url = \"https://…\"")
            }
            ChannelKind::Cstate if self.repository.is_none() => Some("repository = \"git@…\""),
            ChannelKind::Slack
            | ChannelKind::SlackBot
            | ChannelKind::Teams
            | ChannelKind::Email
            | ChannelKind::Statuspage
            | ChannelKind::Instatus
            | ChannelKind::Cachet
            | ChannelKind::Cstate
            | ChannelKind::Github
            | ChannelKind::Pagerduty
            | ChannelKind::Notice
            | ChannelKind::ReleaseNotes
            | ChannelKind::Webhook => None,
        };
        missing.map_or(Ok(()), |key| {
            let message = format!("The channel {name} lacks a setting.");
            Err(Trouble::new(Code::ChannelUnready, message, format!("Add `{key}` below [channels.{name}].")))
        })
    }

    /// Whether an update of this severity goes there.
    pub fn takes(&self, severity: Severity, settings: &IncidentSettings) -> bool {
        let listed = self.severities.is_empty() || self.severities.contains(&severity.number());
        let to_customers = self.kind == ChannelKind::Email && self.audience() == Audience::Customers;
        listed && (!to_customers || severity.number() <= settings.customers_severity.unwrap_or(2))
    }
}

impl IncidentSettings {
    pub fn severity(&self) -> Severity {
        self.severity.and_then(Severity::new).unwrap_or(Severity::DEFAULT)
    }

    pub fn severity_name(&self, severity: Severity) -> String {
        let named = self.severities.get(&severity.number().to_string()).and_then(|found| found.name.clone());
        named.unwrap_or_else(|| format!("SEV {}", severity.number()))
    }

    /// The team's own, else the usual one.
    pub fn severity_meaning(&self, severity: Severity) -> String {
        let own = self.severities.get(&severity.number().to_string()).and_then(|found| found.meaning.clone());
        own.unwrap_or_else(|| severity.meaning().to_owned())
    }

    /// Minutes between two updates to this audience.
    pub fn cadence(&self, audience: Audience, severity: Severity) -> u32 {
        let of_severity = self.severities.get(&severity.number().to_string()).and_then(|found| found.cadence);
        let of_team = of_severity.filter(|_| audience == Audience::Team);
        of_team.or_else(|| self.cadence.get(&audience).copied()).unwrap_or(match audience {
            Audience::Team => 15,
            Audience::Leads => 30,
            Audience::Customers => 60,
        })
    }

    /// The mail addresses that these addresses and names of groups stand for, each once; `channel` names them so.
    ///
    /// # Errors
    /// [`Code::ChannelUnready`] where a name is neither an address nor a group with somebody in it.
    pub fn recipients(&self, channel: &str, to: &[String]) -> Result<Vec<String>, Trouble> {
        let mut found: Vec<String> = Vec::new();
        for name in to {
            let members = match self.groups.get(name) {
                Some(members) if !members.is_empty() => members.clone(),
                None if name.contains('@') => vec![name.clone()],
                Some(_) | None => return Err(self.no_group(channel, name)),
            };
            for member in members {
                if !found.contains(&member) {
                    found.push(member);
                }
            }
        }
        Ok(found)
    }

    fn no_group(&self, channel: &str, name: &str) -> Trouble {
        let what = if self.groups.contains_key(name) { "has no address" } else { "is not there" };
        let message = format!("The channel {channel} writes to the group {name}, which {what}.");
        let hint = format!("Add `{name} = [\"name@example.com\"]` below [incident.groups], or name an address.");
        Trouble::new(Code::ChannelUnready, message, hint)
    }

    pub fn warn_minutes(&self) -> u32 {
        self.warn_minutes.unwrap_or(3)
    }

    pub fn expire_minutes(&self) -> u32 {
        self.expire_minutes.unwrap_or(30)
    }

    /// One sentence on the review of an incident of this severity; `None` where none follows.
    pub fn review(&self, severity: Severity) -> Option<String> {
        let days = self.review.days.unwrap_or(5);
        (severity.number() <= self.review.severity.unwrap_or(2))
            .then(|| format!("A review will follow within {days} {}.", if days == 1 { "day" } else { "days" }))
    }
}
