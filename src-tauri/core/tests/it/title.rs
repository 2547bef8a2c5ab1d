//! The window's title.

use jiff::Timestamp;
use lastgood_core::title::Title;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

#[test]
fn the_title_tells_what_is_unread_where_and_when_people_hear_more() {
    let nothing = Title::default();
    assert_eq!(nothing.words(at(0)), "Lastgood");
    assert_eq!(Title { unread: 2, ..nothing.clone() }.words(at(0)), "(2) Lastgood");
    let open = Title { repository: Some("shop".to_owned()), ..nothing };
    assert_eq!(open.words(at(0)), "shop – Lastgood");
    let rehearsal = Title { rehearsal: true, unread: 1, ..open.clone() };
    assert_eq!(rehearsal.words(at(0)), "(1) shop (rehearsal) – Lastgood");
    let due = Title { due: Some(at(240)), ..rehearsal };
    assert_eq!(due.words(at(0)), "(1) shop (rehearsal) · next update in 4 min – Lastgood");
}

#[test]
fn the_time_to_the_next_update_is_never_told_too_long_and_never_as_zero() {
    let due = Title { due: Some(at(10_000)), ..Title::default() };
    for (left, words) in [
        (7_260, "next update in 2 h 1 min"),
        (3_600, "next update in 1 h 0 min"),
        (3_599, "next update in 60 min"),
        (181, "next update in 4 min"),
        (180, "next update in 3 min"),
        (59, "next update in less than 1 min"),
        (0, "update due now"),
        (-90, "update due now"),
    ] {
        assert_eq!(due.due_words(at(10_000 - left)).unwrap(), words, "{left} s");
    }
}
