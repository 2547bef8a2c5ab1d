//! What incidents, failed looks and people say of the releases that ran.

use lastgood_core::journal::Event as Told;
use lastgood_core::live::event::Event;
use lastgood_core::live::last_good::Against;
use lastgood_core::live::wellness::turn;
use lastgood_core::live::{Sightings, know};
use lastgood_core::ports::world::Seen;

use super::kit::{Team, at, candidate, health_seen, incident, marked_good, quarantine, said};

const DAY: i64 = 86_400;

/// v1 for ten days, v2 for a day, v3 for a day, v4 is live.
fn team() -> Team {
    Team::new(&["v1", "v2", "v3", "v4"], &[("v1", 0), ("v2", 10 * DAY), ("v3", 11 * DAY), ("v4", 12 * DAY)])
}

fn seen(team: &Team) -> Sightings<'_> {
    Sightings { now: at(13 * DAY), ..team.sightings() }
}

fn good(team: &Team) -> Option<String> {
    know(&seen(team)).last_good.tag.map(|tag| tag.to_string())
}

fn reason(team: &Team, tag: &str) -> String {
    candidate(&know(&seen(team)).last_good, tag).reason.clone()
}

#[test]
fn a_release_under_which_an_incident_began_is_not_good() {
    let mut team = team();
    assert_eq!(good(&team).as_deref(), Some("v3.0.0"));
    team.facts = incident(11 * DAY + 60, Some(11 * DAY + 600));
    let last_good = know(&seen(&team)).last_good;
    assert_eq!(last_good.tag.as_ref().unwrap().as_str(), "v2.0.0");
    let against = candidate(&last_good, "v3.0.0").against.clone().unwrap();
    let title = "Plugins fail".to_owned();
    assert_eq!(against, Against::Incident { incident: "inc-1".into(), title, at: at(11 * DAY + 60) });
    assert_eq!(reason(&team, "v3.0.0"), "an incident of 1970-01-12 00:01 UTC: Plugins fail");
    let told = serde_json::to_value(against).unwrap();
    assert_eq!((&told["code"], &told["incident"]), (&"incident".into(), &"inc-1".into()));
}

#[test]
fn a_release_that_did_not_end_an_incident_is_not_good_and_the_one_that_did_is() {
    let mut team = team();
    team.facts = incident(10 * DAY + 60, Some(11 * DAY + 600));
    assert_eq!(good(&team).as_deref(), Some("v3.0.0"), "it ended under v3");
    team.facts = incident(10 * DAY + 60, Some(12 * DAY + 600));
    assert_eq!(good(&team).as_deref(), Some("v1.0.0"), "v3 was replaced while it lasted");
    team.facts = incident(10 * DAY + 60, None);
    assert_eq!(good(&team).as_deref(), Some("v1.0.0"), "it is still open");
}

#[test]
fn the_release_that_was_the_way_back_has_nothing_to_do_with_what_began_before_it() {
    let mut team = Team::new(&["v1", "v2", "v3"], &[("v1", 0), ("v2", DAY), ("v1", DAY + 600), ("v3", DAY + 1200)]);
    team.facts = incident(DAY + 60, None);
    assert_eq!(good(&team).as_deref(), Some("v1.0.0"));
    team.facts = incident(DAY + 700, Some(DAY + 800));
    assert_eq!(good(&team), None, "this one began under it");
}

#[test]
fn incidents_elsewhere_say_nothing_of_this_environment() {
    let mut team = team();
    team.facts = incident(11 * DAY + 60, None);
    let Told::Incident(lastgood_core::incident::event::Event::IncidentOpened(opening)) = &mut team.facts[0].event
    else {
        panic!("an incident begins with its opening");
    };
    opening.environment = Some("staging".into());
    assert_eq!(good(&team).as_deref(), Some("v3.0.0"));
}

#[test]
fn a_release_whose_health_failed_while_it_ran_is_not_good() {
    let mut team = team();
    team.facts = vec![health_seen(11 * DAY + 60, "v3.0.0", false), health_seen(11 * DAY + 200, "v3.0.0", true)];
    let last_good = know(&seen(&team)).last_good;
    assert_eq!(last_good.tag.as_ref().unwrap().as_str(), "v2.0.0");
    let against = &candidate(&last_good, "v3.0.0").against;
    assert_eq!(*against, Some(Against::ProbeFailed { since: at(11 * DAY + 60) }));
    assert_eq!(reason(&team, "v3.0.0"), "its health failed on 1970-01-12 00:01 UTC");
}

#[test]
fn one_failing_look_while_a_release_is_replaced_says_nothing_against_it() {
    let mut team = team();
    team.facts = vec![health_seen(11 * DAY + 60, "v3.0.0", false), health_seen(11 * DAY + 100, "v3.0.0", true)];
    assert_eq!(good(&team).as_deref(), Some("v3.0.0"), "it lasted 40 s");
    team.facts = vec![health_seen(12 * DAY - 30, "v3.0.0", false), health_seen(13 * DAY, "v4.0.0", true)];
    assert_eq!(good(&team).as_deref(), Some("v3.0.0"), "30 s behind it, it was replaced");
}

#[test]
fn the_sentence_says_no_more_than_was_looked_at() {
    let mut team = team();
    assert_eq!(reason(&team, "v3.0.0"), "ran here 1 d; no incident is known", "the journal is empty");
    team.facts = vec![marked_good(11 * DAY + 1, "v1.0.0")];
    assert_eq!(reason(&team, "v3.0.0"), "ran here 1 d; no incident is known", "it begins too late");
    team.facts = vec![marked_good(10 * DAY, "v1.0.0")];
    assert_eq!(reason(&team, "v3.0.0"), "ran here 1 d without an incident");
    team.facts = vec![health_seen(10 * DAY, "v2.0.0", true)];
    assert_eq!(reason(&team, "v3.0.0"), "ran here 1 d without an incident or a failed probe");
    let ended = incident(9 * DAY, Some(9 * DAY + 600)).pop().unwrap();
    team.facts = vec![ended];
    assert_eq!(reason(&team, "v3.0.0"), "ran here 1 d; not every incident could be read");
}

#[test]
fn a_person_may_call_a_release_good_and_it_outweighs_what_came_before() {
    let mut team = team();
    team.facts = incident(11 * DAY + 60, Some(11 * DAY + 600));
    team.facts.push(marked_good(12 * DAY, "v3.0.0"));
    assert_eq!(good(&team).as_deref(), Some("v3.0.0"));
    assert_eq!(reason(&team, "v3.0.0"), "marked good by @release-manager: It served the sale");
    let undone = Event::LiveMarkTakenBack { tag: "v3.0.0".into(), by: "@me".into(), reason: String::new() };
    team.facts.push(said(12 * DAY + 1, undone));
    assert_eq!(good(&team).as_deref(), Some("v2.0.0"));

    team.facts = [vec![marked_good(11 * DAY + 1, "v3.0.0")], incident(11 * DAY + 60, None)].concat();
    assert_eq!(good(&team).as_deref(), Some("v2.0.0"), "the incident came later than the word");
    team.facts = [quarantine("v3.0.0"), vec![marked_good(12 * DAY, "v3.0.0")]].concat();
    assert_eq!(good(&team).as_deref(), Some("v2.0.0"), "a quarantine stands until it is lifted");
}

#[test]
fn a_release_that_was_called_good_and_never_ran_here_is_offered_where_nothing_else_is() {
    let mut team = Team::new(&["v1", "v2"], &[]);
    team.facts = vec![marked_good(1, "v1.0.0")];
    assert_eq!(good(&team).as_deref(), Some("v1.0.0"));
    let mut team = self::team();
    team.releases.push(super::kit::release("v5.0.0", 9));
    team.facts = vec![marked_good(1, "v5.0.0")];
    assert_eq!(good(&team).as_deref(), Some("v3.0.0"), "what ran counts first");
}

#[test]
fn health_tells_since_when_and_only_a_turn_is_recorded() {
    let mut team = team();
    let look = |team: &Team, answer: Seen<u16>| know(&Sightings { health: Some(answer), ..seen(team) });
    let failing = || Seen::No("503".to_owned());
    let first = look(&team, failing());
    assert_eq!(first.live.as_ref().unwrap().health.as_ref().unwrap().since, None, "nobody looked before");
    let event = turn(&first, &team.facts).unwrap();
    assert_eq!(event, Event::LiveHealthSeen { tag: Some("v4.0.0".into()), well: false, sentence: "503".into() });
    team.facts.push(said(12 * DAY + 60, event));

    let second = look(&team, failing());
    assert_eq!(second.live.as_ref().unwrap().health.as_ref().unwrap().since, Some(at(12 * DAY + 60)));
    assert_eq!(turn(&second, &team.facts), None, "it failed before");
    assert_eq!(turn(&look(&team, Seen::Nothing("refused".to_owned())), &team.facts), None, "that tells nothing");
    assert!(matches!(
        turn(&look(&team, Seen::Answer(200)), &team.facts),
        Some(Event::LiveHealthSeen { well: true, .. })
    ));
}

#[test]
fn what_the_journal_keeps_of_it_reads_back_as_its_own_family() {
    for fact in [marked_good(1, "v1.0.0"), health_seen(1, "v1.0.0", false)] {
        let text = serde_json::to_string(&fact.event).unwrap();
        let back: Told = serde_json::from_str(&text).unwrap();
        assert_eq!(back, fact.event, "{text}");
        assert!(back.live().is_some() && back.rollback().is_none() && back.incident().is_none());
    }
}
