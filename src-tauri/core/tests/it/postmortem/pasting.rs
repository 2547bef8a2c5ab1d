use jiff::civil::date;
use lastgood_core::postmortem::pasted::{Pasted, parse};

use super::kit::{at, berlin};

#[test]
fn lines_from_the_desktop_have_the_name_and_the_time_apart() {
    let text =
        "on-call  14:02\nHealth is red on production\n14:03\nlooking at it\nplatform-lead  14:05\nsee you at 14:30\n";
    assert_told(
        text,
        &[
            ("2026-03-02T13:02:00Z", "on-call", "Health is red on production"),
            ("2026-03-02T13:03:00Z", "on-call", "looking at it"),
            ("2026-03-02T13:05:00Z", "platform-lead", "see you at 14:30"),
        ],
    );
}

#[test]
fn lines_from_the_web_have_the_time_on_a_line_of_its_own() {
    let text = "on-call\n  2:02 PM\nHealth is red\r\non production\n\nrelease botAPP\n  2:04 PM\nv2.5.0 deployed\n";
    assert_told(
        text,
        &[
            ("2026-03-02T13:02:00Z", "on-call", "Health is red\non production"),
            ("2026-03-02T13:04:00Z", "release bot", "v2.5.0 deployed"),
        ],
    );
}

#[test]
fn lines_with_brackets_are_read_with_and_without_a_name() {
    let text = "on-call [2:02 PM]\nred\n[2:03 PM]\nstill red\n[2:04 PM] platform-lead: rolling back\n";
    assert_told(
        text,
        &[
            ("2026-03-02T13:02:00Z", "on-call", "red"),
            ("2026-03-02T13:03:00Z", "on-call", "still red"),
            ("2026-03-02T13:04:00Z", "platform-lead", "rolling back"),
        ],
    );
}

#[test]
fn lines_that_begin_with_their_time_are_read_with_and_without_a_name() {
    let text = "14:05 @on-call-lead  I see 503 from the plugin host\n14:06:30 - platform-lead: me too\n\
                2:07 PM  Alert \u{201c}5xx\u{201d} fired\nfor the third time\n[14:08] rolled back\n14:09 ERROR: out of fuel\n\
                Mar 3rd at 9:00 AM Anna Lead\tgood morning\n2026-03-03 09:01:02 all is well\n";
    assert_told(
        text,
        &[
            ("2026-03-02T13:05:00Z", "@on-call-lead", "I see 503 from the plugin host"),
            ("2026-03-02T13:06:30Z", "platform-lead", "me too"),
            ("2026-03-02T13:07:00Z", "", "Alert \u{201c}5xx\u{201d} fired\nfor the third time"),
            ("2026-03-02T13:08:00Z", "", "rolled back"),
            ("2026-03-02T13:09:00Z", "", "ERROR: out of fuel"),
            ("2026-03-03T08:00:00Z", "Anna Lead", "good morning"),
            ("2026-03-03T08:01:02Z", "", "all is well"),
        ],
    );
}

#[test]
fn what_the_window_gives_as_an_example_is_understood() {
    let dialog = include_str!("../../../../../ui/src/components/postmortem/TimelineSide.svelte");
    let example = dialog.split_once("placeholder=\"14:").unwrap().1.split_once('"').unwrap().0;
    let pasted = pasted(&format!("14:{example}"));
    assert_eq!((pasted.messages.len(), pasted.rest.as_str()), (1, ""));
    assert_eq!(pasted.messages[0].who, "@on-call-lead");
}

#[test]
fn several_days_are_told_by_their_lines_and_by_midnight() {
    let text = "Sunday, March 1st\non-call  11:58 PM\nfirst\non-call  12:03 AM\nafter midnight\nToday\non-call  9:00 AM\nthird\n\
                on-call  Yesterday at 8:00 AM\nfourth\non-call  Feb 27th at 8:00 AM\nfifth\n";
    let days: Vec<_> = pasted(text).messages.iter().map(|message| message.at.to_string()).collect();
    assert_eq!(
        days,
        [
            "2026-03-01T22:58:00Z",
            "2026-03-01T23:03:00Z",
            "2026-03-03T08:00:00Z",
            "2026-03-02T07:00:00Z",
            "2026-02-27T07:00:00Z",
        ]
    );
}

#[test]
fn a_time_that_the_clocks_repeat_is_marked_as_doubtful() {
    let pasted = parse("on-call  02:30\nwhich one\n", date(2026, 10, 25), date(2026, 10, 26), &berlin());
    assert!(pasted.messages[0].doubtful);
    assert_eq!(pasted.messages[0].at, at("2026-10-25T00:30:00Z"));
}

#[test]
fn what_is_no_conversation_stays_as_it_is() {
    let text = "no name and no time here\n12:30\n<script>alert(1)</script>\n";
    let pasted = pasted(text);
    assert_eq!((pasted.messages.len(), pasted.rest.as_str()), (0, text));
}

#[test]
fn two_megabytes_of_log_in_one_message_are_kept_whole() {
    let log = "2026-03-02 13:00:00 ERROR plugin ran out of fuel\n".repeat(42_000);
    let pasted = pasted(&format!("on-call  14:02\n{log}"));
    assert_eq!((pasted.messages.len(), pasted.messages[0].text.as_str()), (1, log.trim_end()));
}

fn pasted(text: &str) -> Pasted {
    parse(text, date(2026, 3, 2), date(2026, 3, 3), &berlin())
}

fn assert_told(text: &str, expected: &[(&str, &str, &str)]) {
    let pasted = pasted(text);
    let told: Vec<(String, &str, &str)> = pasted
        .messages
        .iter()
        .map(|message| (message.at.to_string(), message.who.as_str(), message.text.as_str()))
        .collect();
    let expected: Vec<(String, &str, &str)> =
        expected.iter().map(|(at, who, text)| ((*at).to_owned(), *who, *text)).collect();
    assert_eq!(told, expected);
}

#[test]
fn a_time_that_names_its_clock_is_of_that_clock() {
    let text = "2026-11-22 14:05:11 UTC deploy failed\n2026-11-22T14:06:00Z again\n2026-11-22 09:07 -05:00 and again\n\
                2:08 PM GMT a person\n14:09 +0100 - @dev here\n14:10 local -0500 is talk\n";
    assert_told(
        text,
        &[
            ("2026-11-22T14:05:11Z", "", "deploy failed"),
            ("2026-11-22T14:06:00Z", "", "again"),
            ("2026-11-22T14:07:00Z", "", "and again"),
            ("2026-11-22T14:08:00Z", "", "a person"),
            ("2026-11-22T13:09:00Z", "@dev", "here"),
            ("2026-11-22T13:10:00Z", "", "local -0500 is talk"),
        ],
    );
    assert_told(
        "14:11 it began\n14:02-14:10 outage\n",
        &[("2026-03-02T13:11:00Z", "", "it began\n14:02-14:10 outage")],
    );
    let doubtful = parse("2026-10-25 02:30 UTC it is told\n", date(2026, 10, 25), date(2026, 10, 26), &berlin());
    assert!(!doubtful.messages[0].doubtful);
}

#[test]
fn what_a_log_begins_with_is_nobody() {
    let text = "14:05 Error: refused  twice\n14:06 deploy: failed\n[14:07] Warning: slow\n14:08 @dev: mine\n";
    assert_told(
        text,
        &[
            ("2026-03-02T13:05:00Z", "", "Error: refused  twice"),
            ("2026-03-02T13:06:00Z", "", "deploy: failed"),
            ("2026-03-02T13:07:00Z", "", "Warning: slow"),
            ("2026-03-02T13:08:00Z", "@dev", "mine"),
        ],
    );
}
