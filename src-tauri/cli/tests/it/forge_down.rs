//! GitHub is away: nothing goes by it, and the environment's own command deploys from here once somebody said so.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;

use lastgood_rehearsal::{Fault, FaultKind, Moment};
use serde_json::Value;

use crate::break_glass::{commands, run_in};
use crate::kit::{Done, Running, Stage, finish, git};

/// What deploys: it is told where, what, and leaves the version where the service reads it.
const DEPLOY: &str = "printf %s \"$LASTGOOD_TAG\" > \"$0\"; echo \"$LASTGOOD_ENVIRONMENT is on $(git rev-parse HEAD)\"";

#[tokio::test(flavor = "multi_thread")]
async fn the_environments_own_command_rolls_back_what_github_cannot() {
    let away = Away::begin(|live| vec!["sh".into(), "-c".into(), DEPLOY.into(), live.display().to_string()]).await;
    let stage = &away.stage;

    let refused = finish(&mut stage.rollback(&[]));
    assert_eq!((refused.code, refused.trouble().as_str()), (Some(1), "github_unreachable"));
    assert!(
        refused.err.contains("`lastgood rollback production --local` deploys from this machine"),
        "{}",
        refused.err
    );
    let untrusted = finish(&mut stage.rollback(&["--local"]));
    assert_eq!((untrusted.code, untrusted.trouble().as_str()), (Some(1), "command_untrusted"));
    assert_eq!((stage.records().len(), stage.rollback_tags().len()), (0, 0), "nothing began");

    away.trust();
    let checked = stage.run(&["check", "production", "--local"]);
    assert_eq!(checked.code, Some(0), "{checked:?}");
    assert!(checked.out.starts_with("production may go back from v2.4.1 to v2.4.0"), "{}", checked.out);
    assert!(checked.out.contains("deploy.command"), "{}", checked.out);
    assert_eq!(stage.run(&["check", "production"]).code, Some(1), "the workflow cannot be reached");

    let done = finish(&mut stage.rollback(&["--local"]));
    assert_eq!((done.code, outcome(&done)), (Some(0), "succeeded".to_owned()), "{done:?}");
    assert_eq!((away.live().as_str(), stage.dispatches(), stage.started()), ("v2.4.0", 0, 0));
    assert_eq!((stage.facts("local_began"), stage.facts("local_ended"), stage.facts("dispatch_sent")), (1, 1, 0));
    let tag = stage.rollback_tags().remove(0);
    let target = git(&stage.description().clone, &["rev-parse", "v2.4.0^{commit}"]);
    assert_eq!(git(&stage.description().remote, &["rev-parse", &format!("{tag}^{{commit}}")]), target);
    let proved = step(&done, "prove");
    assert!(proved["sentence"].as_str().unwrap().starts_with("v2.4.0: v2.4.0 answers"), "{proved}");
    let hash = ended(&done)["output"].as_str().unwrap().to_owned();
    let kept = stage.run(&["evidence", &hash]).out;
    assert!(kept.contains(&format!("production is on {target}")), "{kept}");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_shown_whole_before_it_runs_and_its_words_are_told() {
    let away = Away::begin(|live| vec!["sh".into(), "-c".into(), DEPLOY.into(), live.display().to_string()]).await;
    let listed = away.stage.run(&["trust", "--list"]).out;
    assert!(listed.contains("deploy.command of production, in a throw-away worktree of the target"), "{listed}");
    let page = away.stage.run(&["break-glass", "production"]).out;
    for words in
        ["git worktree add --detach", "LASTGOOD_TAG=v2.4.0 ", "lastgood rollback production --to v2.4.0 --local"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    away.trust();
    let instead = commands(&page, "Or, in the place of all these steps");
    assert!(!instead.contains("worktree"), "a section of its own: {instead}");
    let words: Vec<&str> = instead.split(' ').take_while(|word| *word != "--reason").skip(1).collect();
    let told = away.stage.run(&[&words[..], &["--reason", "checkout fails", "--yes"]].concat());
    assert_eq!(told.code, Some(0), "{told:?}");
    for words in [
        "from this machine, in a throw-away worktree of v2.4.0: sh -c ",
        "✓ Dispatch: sh -c ",
        "    production is on ",
        "whole output: lastgood evidence ",
        "✓ Deploy: Nothing to follow: the deploy was made on this machine",
        "GitHub has no record of this deploy.",
    ] {
        assert!(told.out.contains(words), "{words}: {}", told.out);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_deploys_by_the_same_command_where_not_even_lastgood_runs() {
    let away = Away::begin(|live| vec!["sh".into(), "-c".into(), DEPLOY.into(), live.display().to_string()]).await;
    let page = away.stage.run(&["break-glass", "production"]).out;
    let numbered = page.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_digit())).count();
    let last = page.lines().rfind(|line| line.starts_with(|c: char| c.is_ascii_digit())).unwrap();
    assert!(last.starts_with(&format!("{numbered}. Prove it")), "nothing that deploys comes behind: {page}");
    let deploys = commands(&page, "Deploy, by one of these, once");
    let (_, by_hand) = deploys.split_once("folder=").unwrap();
    let said = run_in(&away.stage, &format!("folder={by_hand}"));
    let target = git(&away.stage.description().clone, &["rev-parse", "v2.4.0^{commit}"]);
    assert!(said.contains(&format!("production is on {target}")), "{said}");
    assert_eq!((away.live().as_str(), away.stage.dispatches()), ("v2.4.0", 0));
    assert!(run_in(&away.stage, &commands(&page, "Prove it")).contains("v2.4.0"));
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_remote_away_too_the_tag_stays_here_and_the_end_says_so() {
    let away = Away::begin(|live| vec!["sh".into(), "-c".into(), DEPLOY.into(), live.display().to_string()]).await;
    away.trust();
    let remote = &away.stage.description().remote;
    let moved = remote.with_extension("away");
    fs::rename(remote, &moved).unwrap();
    let done = finish(&mut away.stage.rollback(&["--local"]));
    fs::rename(&moved, remote).unwrap();
    assert_eq!((done.code, outcome(&done)), (Some(0), "succeeded".to_owned()), "{done:?}");
    assert!(done.last()["hint"].as_str().unwrap().contains("The remote did not confirm the tag"), "{done:?}");
    assert_eq!((away.live().as_str(), away.stage.facts("tag_kept")), ("v2.4.0", 1));
    assert!(away.stage.rollback_tags().is_empty());
    let kept = git(&away.stage.description().clone, &["tag", "--list", "rollback-*"]);
    assert_eq!(kept, done.last()["tag"].as_str().unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_it_runs_it_is_not_run_again_before_somebody_says_so() {
    let away = Away::begin(|live| {
        let pipe = live.with_file_name("pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let script = "echo run >> \"$1\"; read -r _ < \"$2\"";
        let words =
            [live.display(), live.with_file_name("runs").display(), pipe.display()].map(|path| path.to_string());
        [["sh", "-c", script].map(str::to_owned).to_vec(), words.to_vec()].concat()
    })
    .await;
    away.trust();
    let mut running = Running::start(&mut away.stage.rollback(&["--local"]));
    assert!(running.reads("local_began"));
    // Opens once the command reads, and so once it runs.
    let pipe = fs::OpenOptions::new().write(true).open(away.beside("pipe")).unwrap();
    running.kill();
    let waits = finish(&mut away.stage.rollback(&["--local"]));
    drop(pipe);
    assert_eq!((waits.code, outcome(&waits)), (Some(1), "inconclusive".to_owned()), "{waits:?}");
    let hint = waits.last()["hint"].as_str().unwrap().to_owned();
    assert!(hint.ends_with("Then decide with --choose it-worked | send-again | give-up."), "{hint}");
    assert_eq!(fs::read_to_string(away.beside("runs")).unwrap(), "run\n", "once, and never again by itself");

    fs::write(away.beside("live"), "v2.4.0").unwrap();
    let proved = finish(&mut away.stage.rollback(&["--choose", "it-worked"]));
    assert_eq!((proved.code, outcome(&proved)), (Some(0), "succeeded".to_owned()), "{proved:?}");
    assert_eq!(fs::read_to_string(away.beside("runs")).unwrap(), "run\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_is_named_nothing_is_offered() {
    let stage = Stage::start().await;
    let done = finish(&mut stage.rollback(&["--local"]));
    assert_eq!((done.code, done.trouble().as_str()), (Some(1), "no_deploy_command"));
    shut(&stage);
    let refused = finish(&mut stage.rollback(&[]));
    assert!(!refused.err.contains("--local"), "{}", refused.err);
}

/// A rehearsal that was looked at while GitHub answered, and whose GitHub answers nothing since.
struct Away {
    stage: Stage,
    folder: PathBuf,
}

impl Away {
    async fn begin(command: impl Fn(&Path) -> Vec<String>) -> Self {
        let stage = Stage::start().await;
        let folder = stage.path("service");
        fs::create_dir(&folder).unwrap();
        let live = folder.join("live");
        fs::write(&live, "v2.4.1").unwrap();
        let address = serve(live.clone());
        let file = stage.description().clone.join("lastgood.toml");
        let settings = fs::read_to_string(&file).unwrap();
        let words = serde_json::to_string(&command(&live)).unwrap();
        let named = format!("[environments.production]\nurl = \"{address}\"\ndeploy_command = {words}\n");
        fs::write(&file, settings.replacen("[environments.production]\n", &named, 1)).unwrap();
        assert_eq!(stage.run(&["status", "--all"]).code, Some(0));
        shut(&stage);
        Self { stage, folder }
    }

    fn trust(&self) {
        let listed = self.stage.run(&["trust", "--json"]).last();
        let commands = listed["commands"].as_array().unwrap();
        let command = commands.iter().find(|command| command["question"] == "deploy.command").unwrap();
        let hash = command["hash"].as_str().unwrap();
        assert_eq!(self.stage.run(&["trust", "--repository", "--grant", hash]).code, Some(0));
    }

    fn beside(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// What the service answers.
    fn live(&self) -> String {
        fs::read_to_string(self.beside("live")).unwrap()
    }
}

fn shut(stage: &Stage) {
    for path in ["/repos", "/user", "/graphql"] {
        stage.arm(Fault::once(path, FaultKind::Cut { moment: Moment::BeforeEffect }).for_ever());
    }
}

/// A service that says what this file does: its version, and that it is well.
fn serve(live: PathBuf) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || listener.incoming().flatten().for_each(|stream| answer(stream, &live)));
    address
}

fn answer(mut stream: TcpStream, live: &Path) {
    let mut request = [0; 4096];
    if stream.read(&mut request).is_ok() {
        let version = fs::read_to_string(live).unwrap_or_default();
        let body = format!("{{\"version\": \"{version}\"}}");
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length:";
        // Whoever asked may have gone.
        drop(write!(stream, "{head} {}\r\n\r\n{body}", body.len()));
    }
}

fn outcome(done: &Done) -> String {
    done.last()["outcome"].as_str().unwrap_or_else(|| panic!("{done:?}")).to_owned()
}

fn step(done: &Done, name: &str) -> Value {
    let mut ended = done.lines().into_iter().filter(|fact| fact["kind"] == "step_ended");
    ended.find(|fact| fact["payload"]["step"] == name).unwrap_or_else(|| panic!("{done:?}"))["payload"].clone()
}

fn ended(done: &Done) -> Value {
    let fact = done.lines().into_iter().find(|fact| fact["kind"] == "local_ended");
    fact.unwrap_or_else(|| panic!("{done:?}"))["payload"].clone()
}
