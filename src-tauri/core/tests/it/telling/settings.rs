//! What `lastgood.toml` says of telling people.

use lastgood_core::error::Code;
use lastgood_core::incident::{Audience, Severity};
use lastgood_core::settings::Settings;
use lastgood_core::settings::telling::{ChannelKind, Security};

const FILE: &str = r##"
[incident]
severity = 3
warn_minutes = 5
customers_severity = 1
escalation = ["platform", "@vp-engineering"]
groups = { leads = ["a@acme.example"] }
[incident.severities.1]
name = "P1"
meaning = "shop is down"
[incident.templates]
pirate = "Arr {{ title }}"
[contacts]
platform = "+1 555 0100"
[channels.incidents]
kind = "slack"
to = ["#incidents"]
automatic = true
[channels.customers]
kind = "email"
audience = "customers"
from = "shop@acme.example"
to = ["all@acme.example"]
url = "smtp.acme.example:587"
security = "tls"
[channels.page]
kind = "statuspage"
"##;

#[test]
fn everything_on_telling_people_is_read() {
    let settings = Settings::parse(FILE).unwrap();
    let (incident, channels) = (&settings.incident, &settings.channels);
    assert_eq!((incident.severity().number(), incident.warn_minutes(), incident.expire_minutes()), (3, 5, 30));
    let worst = Severity::new(1).unwrap();
    assert_eq!((incident.severity_name(worst), incident.severity_meaning(worst)), ("P1".into(), "shop is down".into()));
    assert_eq!(incident.severity_name(Severity::DEFAULT), "SEV 2");
    assert!(incident.review(worst).is_some() && incident.review(Severity::new(3).unwrap()).is_none());
    assert_eq!((channels["incidents"].kind, channels["incidents"].automatic), (ChannelKind::Slack, true));
    assert_eq!((channels["incidents"].audience(), channels["page"].audience()), (Audience::Team, Audience::Customers));
    assert_eq!(channels["customers"].security, Some(Security::Tls));
}

#[test]
fn email_goes_to_customers_only_at_the_severity_that_says_so() {
    let settings = Settings::parse(FILE).unwrap();
    let takes = |name: &str| Severity::ALL.map(|severity| settings.channels[name].takes(severity, &settings.incident));
    assert_eq!(takes("customers"), [true, false, false, false]);
    assert_eq!(takes("incidents"), [true; 4]);
}

#[test]
fn a_channel_says_what_it_lacks() {
    let settings = Settings::parse(FILE).unwrap();
    let trouble = settings.channels["page"].check("page").unwrap_err();
    assert!(trouble.hint.contains("page = ") && trouble.hint.contains("[channels.page]"), "{trouble:?}");
    assert!(settings.channels["customers"].check("customers").is_ok());
}

#[test]
fn a_key_or_a_kind_that_nobody_knows_is_refused_with_its_line() {
    for (text, line) in
        [("[channels.a]\nkind = \"icq\"", "line 2"), ("[channels.a]\nkind = \"slack\"\ntoken = \"x\"", "line")]
    {
        let trouble = Settings::parse(text).unwrap_err();
        assert!(trouble.message.contains(line), "{trouble:?}");
    }
}

#[test]
fn a_group_stands_for_its_addresses_and_nobody_is_written_to_twice() {
    let text = "[incident.groups]\nleads = ['a@acme.example', 'B <b@acme.example>']\nnobody = []";
    let settings = Settings::parse(text).unwrap().incident;
    let recipients = |to: &[&str]| {
        let to: Vec<String> = to.iter().map(|name| (*name).to_owned()).collect();
        settings.recipients("mail", &to)
    };
    assert_eq!(
        recipients(&["leads", "c@acme.example", "a@acme.example"]).unwrap(),
        ["a@acme.example", "B <b@acme.example>", "c@acme.example"]
    );
    for (name, words) in [("lead", "the group lead, which is not there"), ("nobody", "which has no address")] {
        let trouble = recipients(&["leads", name]).unwrap_err();
        assert_eq!(trouble.code, Code::ChannelUnready);
        assert!(trouble.message.contains(words) && trouble.hint.contains("[incident.groups]"), "{trouble:?}");
    }
}
