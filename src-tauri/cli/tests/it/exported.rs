//! What an export tells, read back row by row and compared with the journal: nothing is missing, and nothing is invented.

use std::path::Path;
use std::process::Command;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use lastgood_core::journal::Fact;
use serde_json::Value;

use crate::kit::Stage;

pub(crate) const ZONE: &str = "Europe/Berlin";

/// What a cell may hold behind its sentence.
const EVIDENCE: [&str; 7] = ["seen:", "sent:", "outputkeptas", "run", "[run", "evidence", "[evidence"];

/// One row of a timeline, without white space: a page breaks a line where it has to.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    /// The reader's time, UTC, the kind and the sentence, as the cells stand beside each other.
    words: String,
    source: String,
    /// What left this machine, where the row is about that.
    sent: Option<String>,
}

/// Exports it in this form and compares each row of its timeline with these facts, with what GitHub told of deployments, and
/// with the silences between: each once, in order, with the reader's time and UTC beside its own sentence.
pub(crate) fn assert_told(stage: &Stage, id: &str, format: &str, facts: &[Fact]) {
    let shown = stage.run(&["postmortem", "show", id, "--json"]).last();
    let lines = shown["timeline"].as_array().unwrap();
    let count = assert_complete(lines, facts);
    let out = stage.path(format);
    let (out, zone) = (out.to_str().unwrap(), ["--zone", ZONE]);
    let done =
        stage.run(&[&["postmortem", "export", id, "--format", format, "--out", out, "--json"], &zone[..]].concat());
    assert_eq!(done.code, Some(0), "{done:?}");
    let file = done.last()["files"][0].as_str().unwrap().to_owned();
    let (told, rows) = timeline(Path::new(&file), format, &text(&shown["postmortem"], "title"));
    if let Some(rows) = rows {
        assert_eq!(rows, count, "{format} has another number of rows than there are facts, deployments and gaps");
    }
    consume(&told, &rows_of(lines, facts), format);
}

/// Each fact has one line, at its own time, and each other line is a deployment or a gap. How many there are.
fn assert_complete(lines: &[Value], facts: &[Fact]) -> usize {
    let with = |start: &str| lines.iter().filter(|line| text(line, "id").starts_with(start)).count();
    for fact in facts {
        let id = format!("{}:{}", fact.writer, fact.sequence);
        let own: Vec<&Value> = lines.iter().filter(|line| line["id"] == id.as_str()).collect();
        assert_eq!(own.len(), 1, "{id}");
        let at: Timestamp = text(own[0], "at").parse().unwrap();
        // An incident stands where it was found, which is before somebody opened it.
        assert!(at == fact.at || (at < fact.at && kind(fact) == "incident_opened"), "{id}");
        assert!(own[0]["evidence"].as_array().unwrap().iter().any(|one| one["fact"] == fact.hash.as_str()), "{id}");
        if let Some(wanted) = kind_of(&kind(fact)) {
            assert_eq!(own[0]["kind"], wanted, "{}", kind(fact));
        }
    }
    let others = with("gap:") + with("deployment:");
    assert_eq!(lines.len(), facts.len() + others, "a line is about none of these facts");
    let times: Vec<Timestamp> = lines.iter().map(|line| text(line, "at").parse().unwrap()).collect();
    assert!(times.is_sorted(), "out of order");
    facts.len() + others
}

/// What the mock-up calls each; what may be one or the other is left to the lines' own tests.
fn kind_of(fact: &str) -> Option<&'static str> {
    Some(match fact {
        "incident_opened" => return None,
        "rollback_started" | "rollout_started" | "incident_stage_set" | "incident_update_approved" => "decision",
        "hold_taken" | "quarantined" | "tag_made" | "dispatch_sent" | "run_found" | "step_started" => "action",
        "incident_send_begun" | "incident_send_ended" => "message",
        "fix_began" | "rollback_ended" | "rollout_ended" => "repair",
        "rollout_soak_ended" => "proof",
        "run_seen" | "newest_run" => "signal",
        _ => return None,
    })
}

fn rows_of(lines: &[Value], facts: &[Fact]) -> Vec<Row> {
    let zone = TimeZone::get(ZONE).unwrap();
    let mut day = String::new();
    let mut rows = Vec::new();
    for line in lines {
        let at: Timestamp = text(line, "at").parse().unwrap();
        let here = at.to_zoned(zone.clone());
        let today = here.strftime("%Y-%m-%d").to_string();
        let date = if today == day { String::new() } else { today.clone() };
        day = today;
        let (clock, utc) = (here.strftime("%H:%M:%S %Z"), at.strftime("%Y-%m-%d %H:%M:%S UTC"));
        let kind = text(line, "kind");
        let title = format!("{}{}", kind[..1].to_uppercase(), &kind[1..]);
        let sentence = match line["who"].as_str() {
            Some(who) if kind == "message" => format!("{who}: {}", text(line, "text")),
            Some(who) => format!("{} ({who})", text(line, "text")),
            None => text(line, "text"),
        };
        let evidence = line["evidence"].as_array().unwrap().iter();
        let behind = evidence.rev().find_map(|one| match (one["fact"].as_str(), one["deployment"].as_u64()) {
            (Some(hash), _) => Some(hash[..12].to_owned()),
            (None, Some(id)) => Some(format!("deployment {id}")),
            (None, None) => None,
        });
        let behind = behind.unwrap_or_default();
        let id = text(line, "id");
        let fact = facts.iter().find(|fact| format!("{}:{}", fact.writer, fact.sequence) == id);
        let sent = fact.filter(|fact| kind_name(fact, "incident_send_begun")).map(|fact| {
            let event = serde_json::to_value(&fact.event).unwrap();
            flat(event["payload"]["sent"].as_str().unwrap_or_else(|| panic!("{event}")))
        });
        rows.push(Row {
            words: flat(&format!("{date}{clock}{utc}{title}{sentence}")),
            source: flat(&format!("{}{behind}", text(line, "source"))),
            sent,
        });
    }
    rows
}

/// The rows stand in it one behind the other, and nothing else does.
fn consume(told: &str, rows: &[Row], format: &str) {
    let mut rest = told;
    for row in rows {
        let near = |rest: &str| rest.chars().take(300).collect::<String>();
        let after = rest.strip_prefix(row.words.as_str());
        let after = after.unwrap_or_else(|| panic!("{format}: {} is not what follows: {}", row.words, near(rest)));
        if row.source.is_empty() {
            rest = after;
            continue;
        }
        let end = after.find(&row.source).unwrap_or_else(|| panic!("{format}: {} has no {}", row.words, row.source));
        let evidence = &after[..end];
        let is_look = evidence.chars().next().is_some_and(|c| c.is_ascii_digit()) && evidence.contains("look");
        let known = evidence.is_empty() || is_look || EVIDENCE.iter().any(|start| evidence.starts_with(start));
        assert!(known, "{format}: {} is followed by {evidence}", row.words);
        if let Some(sent) = &row.sent {
            // A backslash ends a line of Markdown, and stands before what Markdown would take for its own.
            let bare = |text: &str| text.replace('\\', "");
            assert!(bare(evidence).contains(&bare(sent)), "{format}: {sent} is not in {evidence}");
        }
        assert_eq!(told.matches(&row.source).count(), 1, "{format}: {}", row.source);
        rest = &after[end + row.source.len()..];
    }
    assert_eq!(rest.matches("journalwriter-").count(), 0, "{format}: {rest}");
    assert!(format == "pdf" || rest.is_empty(), "{format}: {rest}");
}

/// The timeline's cells as one text without white space, and how many rows it has where the form tells.
fn timeline(file: &Path, format: &str, title: &str) -> (String, Option<usize>) {
    let head = flat(&format!("{ZONE} UTC Kind What Source"));
    if format == "pdf" {
        let pages = flat_pages(file, title, &head);
        let start = pages.find(&head).unwrap_or_else(|| panic!("{head} in {pages}"));
        return (pages[start + head.len()..].replace(&head, ""), None);
    }
    let content = std::fs::read_to_string(file).unwrap();
    let rows = if format == "html" { html_rows(&content) } else { markdown_rows(&content) };
    let first = rows.iter().position(|row| row.concat() == head).unwrap_or_else(|| panic!("{head} in {rows:?}"));
    let own: Vec<String> = rows[first + 1..].iter().take_while(|row| row.len() == 5).map(|row| row.concat()).collect();
    (own.concat(), Some(own.len()))
}

/// The pages behind each other, without the title and the number at the foot of each.
fn flat_pages(file: &Path, title: &str, head: &str) -> String {
    let output = Command::new("pdftotext").arg("-raw").arg(file).arg("-").output().expect("the tests need pdftotext");
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    let pages: Vec<String> = text.split('\u{c}').map(flat).filter(|page| !page.is_empty()).collect();
    let count = pages.len();
    let without = |(number, page): (usize, &String)| {
        let foot = format!("{}{}of{count}", flat(title), number + 1);
        page.strip_suffix(&foot).unwrap_or_else(|| panic!("{foot} in {page}")).to_owned()
    };
    let whole: String = pages.iter().enumerate().map(without).collect();
    assert!(whole.contains(head), "{whole}");
    whole
}

/// The cells of each row of each table.
fn markdown_rows(text: &str) -> Vec<Vec<String>> {
    let rows = text.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    let cells = |row: &str| {
        let whole = row.replace("\\|", "\u{1}");
        whole.split(" | ").map(|cell| flat(&plain(&cell.replace('\u{1}', "|")))).collect::<Vec<String>>()
    };
    rows.map(|row| if row.ends_with(" |") { cells(&format!("{row} ")) } else { cells(row) })
        .filter(|row| !row.iter().all(|cell| cell == "---"))
        .collect()
}

fn html_rows(text: &str) -> Vec<Vec<String>> {
    let rows = text.split("<tr>").skip(1).map(|row| row.split("</tr>").next().unwrap_or_default());
    let cells = |row: &str| {
        let pieces = row.split("<t").skip(1).filter(|piece| piece.starts_with('d') || piece.starts_with('h'));
        pieces.map(|piece| flat(&plain(piece.split_once('>').map_or("", |(_, cell)| cell)))).collect()
    };
    rows.map(cells).collect()
}

/// Without tags, entities and backslashes, which none of the sentences here has of its own.
fn plain(text: &str) -> String {
    let mut within = false;
    let shown = |c: &char| {
        let shown = !within && *c != '<';
        within = (within || *c == '<') && *c != '>';
        shown
    };
    // The address of a link is no part of its words.
    let linked = text.replace("](<", "<").replace(">)", ">");
    let words: String = linked.chars().filter(shown).collect();
    let words = words.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
    words.replace("&amp;", "&").replace('\\', "")
}

fn flat(text: &str) -> String {
    text.split_whitespace().collect()
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("{name} in {value}")).to_owned()
}

pub(crate) fn kind(fact: &Fact) -> String {
    text(&serde_json::to_value(&fact.event).unwrap(), "kind")
}

fn kind_name(fact: &Fact, name: &str) -> bool {
    kind(fact) == name
}
