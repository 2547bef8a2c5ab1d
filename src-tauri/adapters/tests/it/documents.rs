//! Texts and their versions in a real file, and what a kill leaves of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use lastgood_adapters::documents::{Documents, Seen};
use lastgood_core::error::Code;
use lastgood_core::ids::PostmortemId;
use lastgood_core::postmortem::About;
use lastgood_core::postmortem::document::Document;
use lastgood_core::postmortem::merge::merge;

use crate::again;

/// `SAVE_PAPER_WITHIN` of the window.
const WINDOW_WAITS: Duration = Duration::from_millis(80);

const KILLS: usize = 100;
/// A kill waits more than it works.
const AT_ONCE: usize = 4;
/// Kills come between the first letter and this.
const LATEST: Duration = Duration::from_secs(3);

/// What a person may lose.
const LOST: Duration = Duration::from_millis(300);

#[test]
fn a_text_comes_back_byte_by_byte_with_its_versions() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("documents.sqlite");
    let documents = Documents::open(&path).unwrap();
    let text = "🚒 توقف\r\n<script>\u{202e}</script>\0\n".to_owned() + &"log line\n".repeat(230_000);
    assert_eq!(documents.save("pm-1", "first", at(0), Some("created")), Ok(1));
    assert_eq!(documents.save("pm-1", &text, at(1), None), Ok(2));
    assert_eq!(documents.save("pm-1", &text, at(2), None), Ok(2), "the same text is no new version");
    assert_eq!(documents.save("pm-2", "other", at(2), None), Ok(1));
    drop(documents);
    let documents = Documents::open(&path).unwrap();
    assert_eq!(documents.text("pm-1").unwrap().as_ref(), Some(&text));
    assert_eq!(documents.go_back("pm-1", 1, at(3)), Ok(3));
    assert_eq!(documents.text("pm-1").unwrap().as_deref(), Some("first"));
    let named: Vec<_> = documents.versions("pm-1").unwrap().into_iter().map(|version| version.named).collect();
    assert_eq!(named, [Some("created".to_owned()), None, Some("back to version 1".to_owned())]);
    assert_eq!(documents.text_of("pm-1", 2).unwrap(), Some(text));
    assert_eq!(documents.go_back("pm-1", 9, at(4)).unwrap_err().code, Code::DocumentUnknown);
}

#[test]
fn old_versions_become_fewer_and_those_with_a_name_stay() {
    let folder = tempfile::tempdir().unwrap();
    let documents = Documents::open(&folder.path().join("documents.sqlite")).unwrap();
    for second in 0..600 {
        let named = (second == 7).then_some("published");
        documents.save("pm-1", &format!("text {second}"), at(second), named).unwrap();
    }
    let versions = documents.versions("pm-1").unwrap();
    let recent = versions.iter().filter(|version| version.at > at(540)).count();
    assert_eq!(recent, 59, "every version of the last minute is there");
    assert!(versions.len() < 75, "{}", versions.len());
    assert_eq!(documents.newest_named("pm-1", "published").unwrap().as_deref(), Some("text 7"));
    assert_eq!(documents.text("pm-1").unwrap().as_deref(), Some("text 599"));
}

#[test]
fn what_is_typed_on_an_older_version_is_brought_together_with_what_was_saved_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("documents.sqlite");
    let (here, there) = (Documents::open(&path).unwrap(), Documents::open(&path).unwrap());
    let text = |summary: &str, impact: &str| format!("# T\n\n## Summary\n\n{summary}\n\n## Impact\n\n{impact}\n");
    assert_eq!(here.type_on("pm-1", None, &text("a", "b"), at(0)).unwrap().number, 1);
    assert_eq!(there.type_on("pm-1", Some(1), &text("a", "theirs"), at(0)).unwrap().merged, None);
    let both = here.type_on("pm-1", Some(1), &text("ours", "b"), at(0)).unwrap();
    assert!(both.merged.unwrap().conflicts.is_empty());
    assert_eq!((both.own, both.number, there.text("pm-1").unwrap()), (3, 4, Some(text("ours", "theirs"))));
    assert_eq!(here.text_of("pm-1", 3).unwrap(), Some(text("ours", "b")), "what was typed alone is there as well");
    let same = there.type_on("pm-1", Some(4), &text("ours", "theirs"), at(1)).unwrap();
    assert_eq!((same.number, same.own, same.merged), (4, 4, None));
    let against = there.type_on("pm-1", Some(2), &text("mine", "theirs"), at(1)).unwrap();
    assert_eq!(against.merged.unwrap().conflicts.len(), 1, "both changed the summary");
    let theirs = here.versions("pm-1").unwrap().into_iter().find(|version| version.number == 4).unwrap();
    assert!(theirs.named.is_some(), "what stood there stays: it has a name");
}

#[test]
fn who_types_on_while_both_texts_are_brought_together_takes_nothing_of_theirs_away() {
    let folder = tempfile::tempdir().unwrap();
    let documents = Documents::open(&folder.path().join("documents.sqlite")).unwrap();
    let text = |summary: &str, impact: &str| format!("# T\n\n## Summary\n\n{summary}\n\n## Impact\n\n{impact}\n");
    documents.type_on("pm-1", None, &text("a", "b"), at(0)).unwrap();
    documents.type_on("pm-1", Some(1), &text("a", "theirs"), at(0)).unwrap();
    let typed = documents.type_on("pm-1", Some(1), &text("ours", "b"), at(0)).unwrap();
    // The window has not seen theirs yet, and types on.
    let on = documents.type_on("pm-1", Some(typed.own), &text("ours and more", "b"), at(0)).unwrap();
    assert!(on.merged.unwrap().conflicts.is_empty());
    assert_eq!(documents.text("pm-1").unwrap(), Some(text("ours and more", "theirs")));
}

#[test]
fn what_was_published_gets_its_name_below_what_was_typed_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let documents = Documents::open(&folder.path().join("documents.sqlite")).unwrap();
    let text = |summary: &str, impact: &str| format!("# T\n\n## Summary\n\n{summary}\n\n## Impact\n\n{impact}\n");
    documents.type_on("pm-1", None, &text("a", "b"), at(0)).unwrap();
    let seen = Seen { number: Some(1), text: text("a", "b") };

    // Nobody typed: the version itself gets the name, once.
    documents.name("pm-1", &seen, &text("a", "b"), at(1), "published").unwrap();
    documents.name("pm-1", &seen, &text("a", "b"), at(2), "published").unwrap();
    assert_eq!(documents.newest("pm-1").unwrap(), Some((1, text("a", "b"))));

    // Somebody typed in the time that a push takes, and the repository brought something of its own.
    documents.type_on("pm-1", Some(1), &text("typed", "b"), at(3)).unwrap();
    documents.name("pm-1", &seen, &text("a", "from the repository"), at(4), "published").unwrap();
    assert_eq!(documents.text("pm-1").unwrap(), Some(text("typed", "from the repository")));
    let published = documents.newest_named("pm-1", "published").unwrap();
    assert_eq!(published, Some(text("a", "from the repository")), "what the repository has is found again");
    let versions = documents.versions("pm-1").unwrap();
    let named: Vec<Option<&str>> = versions.iter().map(|version| version.named.as_deref()).collect();
    assert_eq!(named, [Some("published"), None, Some("published"), Some("brought together")]);
}

#[test]
fn a_part_that_was_typed_on_while_it_was_published_is_a_conflict_the_next_time() {
    let folder = tempfile::tempdir().unwrap();
    let documents = Documents::open(&folder.path().join("documents.sqlite")).unwrap();
    let text = |summary: &str, impact: &str| format!("# T\n\n## Summary\n\n{summary}\n\n## Impact\n\n{impact}\n");
    documents.type_on("pm-1", None, &text("a", "b"), at(0)).unwrap();
    let seen = Seen { number: Some(1), text: text("a", "b") };
    documents.type_on("pm-1", Some(1), &text("typed", "mine"), at(3)).unwrap();
    let pushed = text("a", "theirs");
    let conflicts = documents.name("pm-1", &seen, &pushed, at(4), "published").unwrap();
    assert_eq!(conflicts.len(), 1, "{conflicts:?}");
    assert_eq!(documents.text("pm-1").unwrap(), Some(text("typed", "mine")));
    let kept: Vec<_> = documents.versions("pm-1").unwrap();
    assert!(kept.iter().any(|one| documents.text_of("pm-1", one.number).unwrap() == Some(pushed.clone())));
    let base = documents.newest_named("pm-1", "published").unwrap().unwrap();
    let next = merge(&base, &text("typed", "mine and more"), &pushed);
    assert_eq!(next.conflicts.len(), 1, "the other's words are asked about, not overwritten");
    assert_eq!(next.conflicts[0].theirs.as_deref(), Some("## Impact\n\ntheirs\n"));

    // They took it away, and somebody here went on with it.
    let seen = Seen { number: Some(1), text: text("a", "b") };
    let without = "# T\n\n## Summary\n\na\n\n";
    assert_eq!(documents.name("pm-1", &seen, without, at(5), "published").unwrap().len(), 1);
    let base = documents.newest_named("pm-1", "published").unwrap().unwrap();
    assert_eq!(merge(&base, &text("typed", "mine and more"), without).conflicts.len(), 1);
}

#[test]
fn two_texts_that_go_together_leave_no_version_that_stays_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let documents = Documents::open(&folder.path().join("documents.sqlite")).unwrap();
    let text = |summary: &str, impact: &str| format!("# T\n\n## Summary\n\n{summary}\n\n## Impact\n\n{impact}\n");
    documents.type_on("pm-1", None, &text("a", "b"), at(0)).unwrap();
    documents.type_on("pm-1", Some(1), &text("a", "theirs"), at(0)).unwrap();
    documents.type_on("pm-1", Some(1), &text("ours", "b"), at(0)).unwrap();
    assert!(documents.versions("pm-1").unwrap().iter().all(|version| version.named.is_none()));
    documents.type_on("pm-1", Some(1), &text("third", "b"), at(0)).unwrap();
    assert!(documents.versions("pm-1").unwrap().iter().any(|version| version.named.is_some()), "there was a conflict");
}

#[test]
fn two_that_save_at_the_same_time_lose_nothing_of_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("documents.sqlite");
    let begun = "# T\n\n## Summary\n\n## Impact\n\n";
    Documents::open(&path).unwrap().save("pm-1", begun, at(0), None).unwrap();
    let typist = |heading: &'static str, path: std::path::PathBuf| {
        std::thread::spawn(move || {
            let documents = Documents::open(&path).unwrap();
            let (mut base, mut text) = (1, begun.to_owned());
            for number in 0..30 {
                let line = format!("## {heading}\n");
                text = text.replace(&line, &format!("{line}\n{heading} {number}\n"));
                let typed = documents.type_on("pm-1", Some(base), &text, Timestamp::now()).unwrap();
                text = typed.merged.map_or(text, |merged| merged.document.text());
                base = typed.number;
            }
        })
    };
    let typists = [typist("Summary", path.clone()), typist("Impact", path.clone())];
    for typist in typists {
        typist.join().unwrap();
    }
    let text = Documents::open(&path).unwrap().text("pm-1").unwrap().unwrap();
    for number in 0..30 {
        for heading in ["Summary", "Impact"] {
            assert_eq!(text.matches(&format!("\n{heading} {number}\n")).count(), 1, "{heading} {number} in {text}");
        }
    }
}

#[test]
fn what_can_be_undone_is_given_back_with_the_version_that_it_belongs_to() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("documents.sqlite");
    let first = rusqlite::Connection::open(&path).unwrap();
    let table =
        "CREATE TABLE version (document TEXT NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL, named TEXT,
        size INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (document, number)) STRICT;
        INSERT INTO version VALUES ('pm-1', 1, 0, NULL, 3, 'old'); PRAGMA user_version = 1;";
    first.execute_batch(table).unwrap();
    drop(first);
    let documents = Documents::open(&path).unwrap();
    assert_eq!(documents.text("pm-1").unwrap().as_deref(), Some("old"), "a file of the first version is read");
    assert_eq!(documents.undo("pm-1", 1), Ok(None));
    documents.keep_undo("pm-1", 1, "{\"done\":[]}").unwrap();
    documents.keep_undo("pm-1", 2, "{\"done\":[1]}").unwrap();
    drop(documents);
    let documents = Documents::open(&path).unwrap();
    assert_eq!(documents.undo("pm-1", 1), Ok(None));
    assert_eq!(documents.undo("pm-1", 2).unwrap().as_deref(), Some("{\"done\":[1]}"));
}

#[test]
fn a_newer_file_is_not_guessed_at() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("documents.sqlite");
    drop(Documents::open(&path).unwrap());
    rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", 9).unwrap();
    assert_eq!(Documents::open(&path).err().unwrap().code, Code::DocumentsUnwritable);
}

/// The second process types without an end, and says what it typed, what left for the store, and what was acknowledged.
#[test]
fn a_kill_in_the_middle_of_typing_costs_at_most_the_last_moment_and_never_a_section() {
    if let Some(path) = again::told() {
        return type_until_killed(std::path::Path::new(&path));
    }
    let seed = std::env::var("LASTGOOD_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed: u64 = seed.unwrap_or_else(|| Timestamp::now().as_nanosecond().unsigned_abs() as u64);
    again::say(format!("LASTGOOD_SEED={seed}"));
    let folder = tempfile::tempdir().unwrap();
    let next = AtomicUsize::new(0);
    let worst: Duration = std::thread::scope(|scope| {
        let killer = || {
            let kills = std::iter::from_fn(|| Some(next.fetch_add(1, Ordering::SeqCst)).filter(|kill| *kill < KILLS));
            kills.map(|kill| kill_one(&folder.path().join(format!("{kill}.sqlite")), point(seed, kill))).max()
        };
        let killers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(killer)).collect();
        killers.into_iter().filter_map(|killer| killer.join().unwrap()).max().unwrap()
    });
    again::say(format!("{worst:?} of typing at most were missing"));
}

/// How much of what was typed is missing after a kill so long after the first letter.
fn kill_one(path: &std::path::Path, until: Duration) -> Duration {
    let test = "documents::a_kill_in_the_middle_of_typing_costs_at_most_the_last_moment_and_never_a_section";
    let mut typist = again::start(test, path, |command| command);
    let mut told = Told::default();
    while let Some(word) = typist.word() {
        told.hear(&word);
        if told.last >= until {
            break;
        }
    }
    typist.kill();
    let text = Documents::open(path).unwrap().text("pm-1").unwrap().unwrap_or_else(|| whole(0));
    let number: usize = text.rsplit("typed ").next().unwrap().trim().parse().unwrap();
    assert_eq!(text, whole(number), "a version is whole or not there");
    assert_eq!(headings(&text), headings(&whole(0)), "every section is there");
    assert!(number >= told.acknowledged, "{number} is there, {} was acknowledged", told.acknowledged);
    let lost = told.lost(number);
    assert!(lost <= LOST, "killed after {until:?}: {lost:?} of typing are missing, without the disk's own time");
    lost
}

/// What the typist said, in its own time.
#[derive(Default)]
struct Told {
    typed: Vec<Duration>,
    /// The times in which a save was with the store; the last one may be open.
    saving: Vec<(Duration, Option<Duration>)>,
    acknowledged: usize,
    last: Duration,
}

impl Told {
    fn hear(&mut self, word: &str) {
        let words: Vec<&str> = word.split(' ').collect();
        let [what, number, at] = words[..] else { panic!("{word}") };
        let at = Duration::from_micros(at.parse().unwrap());
        match what {
            "typed" => self.typed.push(at),
            "begun" => self.saving.push((at, None)),
            "kept" => {
                self.saving.last_mut().unwrap().1 = Some(at);
                self.acknowledged = number.parse().unwrap();
            }
            _ => panic!("{word}"),
        }
        self.last = self.last.max(at);
    }

    /// From the first letter that is missing to the kill, without the time in which the store had a save in its hands: for
    /// how long nobody had asked it to keep that letter.
    fn lost(&self, kept: usize) -> Duration {
        let Some(first) = self.typed.get(kept) else { return Duration::ZERO };
        let with_the_store = |(begun, kept): &(Duration, Option<Duration>)| {
            kept.unwrap_or(self.last).saturating_sub((*begun).max(*first))
        };
        (self.last - *first).saturating_sub(self.saving.iter().map(with_the_store).sum())
    }
}

/// The window's way: a key every two milliseconds; 80 ms after the first that is not kept, the text as it then stands
/// leaves for the store, and the next one waits until it is kept.
fn type_until_killed(path: &std::path::Path) {
    let documents = Documents::open(path).unwrap();
    let typed = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&typed);
    let begun = Instant::now();
    let say = move |what: &str, number: usize| again::say(format!("{what} {number} {}", begun.elapsed().as_micros()));
    std::thread::spawn(move || {
        let (mut base, mut kept) = (None, 0);
        loop {
            while seen.load(Ordering::SeqCst) == kept {
                std::thread::yield_now();
            }
            std::thread::sleep(WINDOW_WAITS);
            kept = seen.load(Ordering::SeqCst);
            say("begun", kept);
            base = Some(documents.type_on("pm-1", base, &whole(kept), Timestamp::now()).unwrap().number);
            say("kept", kept);
        }
    });
    for number in 1.. {
        say("typed", number);
        typed.store(number, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// A point that nobody chose, the same for the same seed (SplitMix64).
fn point(seed: u64, kill: usize) -> Duration {
    let state = seed.wrapping_add((kill as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    Duration::from_micros((mixed ^ (mixed >> 31)) % LATEST.as_micros() as u64)
}

fn headings(text: &str) -> Vec<String> {
    Document::parse(text).sections.iter().map(|section| section.heading().to_owned()).collect()
}

/// A document of some size with every section, and how far it was typed at its end.
fn whole(number: usize) -> String {
    let about = About { title: "Typed".to_owned(), environment: None, rollbacks: Vec::new(), incident: None };
    let document = Document::new(&PostmortemId::new("pm-1"), &about, "2026-03-02", "@platform-lead").text();
    format!("{document}{}typed {number}\n", "what was written before\n".repeat(2_000))
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_772_400_000).unwrap().checked_add(SignedDuration::from_secs(seconds)).unwrap()
}
