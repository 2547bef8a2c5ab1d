//! One message a second and token.

use std::time::{Duration, Instant};

use lastgood_core::incident::pace::{PACE, Turns, is_paced};
use lastgood_core::settings::telling::ChannelKind;

#[test]
fn messages_with_one_token_leave_a_second_apart_and_others_do_not_wait_for_them() {
    let start = Instant::now();
    let mut turns = Turns::new();
    let mut take = |token, after: Duration| turns.take(token, start + after) - start;
    assert_eq!(take("one", Duration::ZERO), Duration::ZERO);
    assert_eq!(take("one", Duration::ZERO), PACE, "the second waits");
    assert_eq!(take("one", Duration::from_millis(300)), 2 * PACE, "the third behind the second");
    assert_eq!(take("other", Duration::from_millis(300)), Duration::from_millis(300));
    turns.ended("one", start + Duration::from_millis(2_700));
    let mut take = |token, after: Duration| turns.take(token, start + after) - start;
    assert_eq!(take("one", Duration::from_millis(2_800)), Duration::from_millis(3_700), "from when the last one ended");
    let later = Duration::from_secs(60);
    assert_eq!(take("one", later), later, "who comes late waits for nobody");
}

#[test]
fn services_that_count_are_not_written_to_faster() {
    let paced: Vec<_> = ChannelKind::ALL.into_iter().filter(|kind| is_paced(*kind)).collect();
    assert_eq!(paced, [ChannelKind::Slack, ChannelKind::SlackBot, ChannelKind::Statuspage]);
}
