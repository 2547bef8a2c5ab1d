//! What is said before, in and after a change of one ref.

use std::collections::HashSet;

use lastgood_core::ids::ObjectId;

use super::packet;
use crate::git::push::{Change, Reply};

/// No object: a ref that is made, or goes.
const NONE: &str = "0000000000000000000000000000000000000000";

/// What the remote has under one name, and what it understands.
pub(super) struct Advertised {
    pub(super) object: Option<ObjectId>,
    understands: HashSet<String>,
}

impl Advertised {
    /// `None` for what no remote says that reports what it did, of objects with 40 digits.
    pub(super) fn read(mut bytes: &[u8], name: &str) -> Option<Self> {
        let lines = packet::part(&mut bytes)?;
        let first = lines.iter().find(|line| !line.starts_with(b"version "))?;
        let (_, understands) = split(first, 0)?;
        let understands: HashSet<String> = text(understands).split_ascii_whitespace().map(str::to_owned).collect();
        let other = |word: &String| word.starts_with("object-format=") && word != "object-format=sha1";
        if !understands.contains("report-status") || understands.iter().any(other) {
            return None;
        }
        let named = |line: &&[u8]| {
            let line = line.split(|byte| *byte == 0).next()?;
            let (id, found) = split(line, b' ')?;
            (found.trim_ascii_end() == name.as_bytes()).then(|| ObjectId::new(text(id)))
        };
        Some(Self { object: lines.iter().find_map(named), understands })
    }

    /// The command for one ref, and the pack; without an object to send there is none.
    pub(super) fn request(&self, change: &Change<'_>, pack: &[u8]) -> Option<Vec<u8>> {
        if change.after.is_none() && !self.understands.contains("delete-refs") {
            return None;
        }
        let id = |object: Option<&ObjectId>| object.map_or(NONE, ObjectId::as_str).to_owned();
        let (before, after, name) = (id(change.expected), id(change.after), change.name);
        if before.len() != NONE.len() || after.len() != NONE.len() {
            return None;
        }
        let wanted = ["report-status", "side-band-64k", "quiet"].into_iter();
        let wanted: Vec<&str> = wanted.filter(|word| self.understands.contains(*word)).collect();
        let agent = concat!("agent=lastgood/", env!("CARGO_PKG_VERSION"));
        let mut request = Vec::new();
        packet::put(&mut request, &format!("{before} {after} {name}\0 {} {agent}", wanted.join(" ")));
        request.extend_from_slice(packet::FLUSH);
        request.extend_from_slice(pack);
        Some(request)
    }

    /// What the remote said of the ref. `None`: not a word, or that it could not take the objects.
    pub(super) fn reply(&self, answer: &[u8], name: &str) -> Option<Reply> {
        let (report, said) =
            if self.understands.contains("side-band-64k") { bands(answer)? } else { (answer.to_vec(), String::new()) };
        let lines = packet::part(&mut report.as_slice())?;
        let mut lines = lines.iter().map(|line| text(line).trim_end().to_owned());
        if lines.next()? != "unpack ok" {
            return None;
        }
        lines.find_map(|line| {
            if line.strip_prefix("ok ") == Some(name) {
                return Some(Reply::Done);
            }
            let (refused, reason) = line.strip_prefix("ng ")?.split_once(' ')?;
            (refused == name && !LACKING.contains(&reason)).then(|| Reply::rejected(&said, reason))
        })
    }
}

/// The remote has not what the object leads to, and the program would send it along.
const LACKING: [&str; 2] = ["missing necessary objects", "unpacker error"];

/// The report and what hooks wrote, each on a band of its own. A third tells that the remote broke off.
fn bands(mut answer: &[u8]) -> Option<(Vec<u8>, String)> {
    let (mut report, mut said) = (Vec::new(), Vec::new());
    while let Some(line) = packet::take(&mut answer)? {
        match line.split_first()? {
            (1, rest) => report.extend_from_slice(rest),
            (2, rest) => said.extend_from_slice(rest),
            _ => return None,
        }
    }
    Some((report, text(&said)))
}

fn split(line: &[u8], at: u8) -> Option<(&[u8], &[u8])> {
    let place = line.iter().position(|byte| *byte == at)?;
    Some((&line[..place], &line[place + 1..]))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use lastgood_core::ids::ObjectId;

    use super::super::packet::{FLUSH, put};
    use super::{Advertised, NONE};
    use crate::git::push::{Change, Reply};

    const TAG: &str = "refs/tags/rollback-1";
    const OBJECT: &str = "1111111111111111111111111111111111111111";

    fn lines(lines: &[&str]) -> Vec<u8> {
        let mut bytes = Vec::new();
        lines.iter().for_each(|line| put(&mut bytes, line));
        bytes.extend_from_slice(FLUSH);
        bytes
    }

    fn understanding(words: &str) -> Advertised {
        Advertised::read(&lines(&[&format!("{NONE} capabilities^{{}}\0{words}")]), TAG).unwrap()
    }

    #[test]
    fn what_the_remote_has_under_the_name_is_read_from_any_line() {
        let first = format!("{OBJECT} {TAG}\0report-status delete-refs\n");
        let other = format!("{OBJECT} refs/heads/main\0report-status\n");
        let second = format!("{OBJECT} {TAG}\n");
        for heard in [lines(&[&first]), lines(&["version 1\n", &first]), lines(&[&other, &second])] {
            assert_eq!(Advertised::read(&heard, TAG).unwrap().object, Some(ObjectId::new(OBJECT)));
        }
        let longer = lines(&[&other, &format!("{OBJECT} {TAG}0\n"), &format!("{OBJECT} .have\n")]);
        assert_eq!(Advertised::read(&longer, TAG).unwrap().object, None);
    }

    #[test]
    fn a_remote_that_reports_nothing_or_has_other_ids_is_left_to_the_program() {
        for words in ["delete-refs", "report-status object-format=sha256", ""] {
            assert!(
                Advertised::read(&lines(&[&format!("{NONE} capabilities^{{}}\0{words}")]), TAG).is_none(),
                "{words}"
            );
        }
        for broken in [lines(&["ERR no such repository"]), lines(&[]), b"<html>".to_vec()] {
            assert!(Advertised::read(&broken, TAG).is_none());
        }
    }

    #[test]
    fn the_command_names_what_is_expected_and_only_what_the_remote_understands() {
        let object = ObjectId::new(OBJECT);
        let made = Change { name: TAG, expected: None, after: Some(&object) };
        let request = understanding("report-status side-band-64k").request(&made, b"PACK").unwrap();
        let agent = concat!("agent=lastgood/", env!("CARGO_PKG_VERSION"));
        let line = format!("{NONE} {OBJECT} {TAG}\0 report-status side-band-64k {agent}");
        assert_eq!(request, [lines(&[&line]), b"PACK".to_vec()].concat());
        let gone = Change { name: TAG, expected: Some(&object), after: None };
        assert!(understanding("report-status").request(&gone, &[]).is_none(), "it deletes no refs");
        assert!(understanding("report-status delete-refs").request(&gone, &[]).is_some());
    }

    #[test]
    fn only_a_clear_word_is_a_reply() {
        let plain = understanding("report-status");
        let told = |said: &[&str]| plain.reply(&lines(said), TAG);
        let refused = Reply::Refused("[remote rejected] (hook declined)".to_owned());
        assert_eq!(told(&["unpack ok\n", &format!("ok {TAG}\n")]), Some(Reply::Done));
        assert_eq!(told(&["unpack ok\n", &format!("ng {TAG} hook declined\n")]), Some(refused));
        for unclear in [
            vec!["unpack index-pack abnormal exit\n", "ng refs/tags/rollback-1 unpacker error\n"],
            vec!["unpack ok\n", "ng refs/tags/rollback-1 missing necessary objects\n"],
            vec!["unpack ok\n", "ok refs/tags/rollback-10\n"],
            vec!["unpack ok\n"],
            vec![],
        ] {
            assert_eq!(told(&unclear), None, "{unclear:?}");
        }
    }

    #[test]
    fn what_hooks_write_comes_on_a_band_of_its_own() {
        let banded = understanding("report-status side-band-64k");
        let report =
            String::from_utf8(lines(&["unpack ok\n", &format!("ng {TAG} pre-receive hook declined\n")])).unwrap();
        let said = lines(&["\u{2}No tags\n", &format!("\u{1}{report}"), "\u{2} on Fridays\n"]);
        let words = "No tags; on Fridays; [remote rejected] (pre-receive hook declined)".to_owned();
        assert_eq!(banded.reply(&said, TAG), Some(Reply::Refused(words)));
        assert_eq!(banded.reply(&lines(&["\u{3}out of memory\n"]), TAG), None);
        assert_eq!(banded.reply(&said[..said.len() - 4], TAG), None, "it broke off");
    }
}
