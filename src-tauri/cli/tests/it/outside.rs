//! A machine that does not play along: a full disk, a notification service that never answers, a closed output.

use std::os::unix::net::UnixListener;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::kit::{Stage, finish, lastgood};

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_stops_the_rollback_and_room_lets_it_go_on_with_one_dispatch() {
    // A limit on the size of files fails in the same calls as a full disk. Its signal would end the program.
    let script = |blocks: u32| format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    let mut stopped = 0;
    for blocks in [100, 150, 200, 260] {
        let stage = Stage::start().await;
        let rollback = stage.rollback(&[]);
        let mut limited = Command::new("sh");
        limited.args(["-c", &script(blocks)]).arg(rollback.get_program()).args(rollback.get_args()).env_clear();
        limited.envs(rollback.get_envs().filter_map(|(name, value)| Some((name, value?))));
        limited.current_dir(rollback.get_current_dir().unwrap());
        let done = finish(limited.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()));
        if done.code != Some(0) {
            stopped += 1;
            assert_eq!(done.trouble(), "journal_unwritable", "{blocks} {done:?}");
            assert!(stage.dispatches() <= stage.facts("dispatch_sent"), "nothing happens that is not recorded");
            let again = finish(&mut stage.rollback(&[]));
            assert_eq!((again.code, &again.last()["outcome"]), (Some(0), &json!("succeeded")), "{blocks} {again:?}");
        }
        assert_eq!((stage.dispatches(), stage.started(), stage.rollback_tags().len()), (1, 1, 1), "{blocks}");
    }
    assert!(stopped > 0, "no limit was small enough");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notification_service_that_never_answers_holds_nothing_up() {
    let stage = Stage::start().await;
    let bus = stage.path("bus");
    // The system completes connections that nobody accepts.
    let _listener = UnixListener::bind(&bus).unwrap();
    let mut command = stage.rollback(&[]);
    let done = finish(command.env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", bus.display())));
    assert_eq!((done.code, &done.last()["outcome"]), (Some(0), &json!("succeeded")));
}

#[test]
fn a_closed_output_is_no_panic() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [&["--help"][..], &["timeline", "--repo", "/nonexistent"], &["timeline", "--json", "--repo", "/"]]
    {
        let program = lastgood(folder.path(), arguments);
        let mut closed = Command::new("sh");
        closed.args(["-c", "exec \"$0\" \"$@\" >&- 2>&-"]).arg(program.get_program()).args(program.get_args());
        let code = closed.status().unwrap().code();
        assert!(code.is_some_and(|code| code < 3), "{arguments:?} {code:?}");
    }
}
