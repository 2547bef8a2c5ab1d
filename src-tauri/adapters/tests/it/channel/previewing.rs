//! A key press costs the writing of the words, not the reading of the journal.

use lastgood_adapters::telling::Wish;
use lastgood_core::error::Code;
use lastgood_core::incident::event::Event;
use rusqlite::Connection;

use super::outbox::{open, telling, ticket};

#[tokio::test(flavor = "multi_thread")]
async fn previews_read_the_journal_once_until_somebody_writes() {
    let folder = tempfile::tempdir().unwrap();
    let ours = telling(folder.path(), "http://127.0.0.1:9", "");
    let incident = open(&ours).await;
    let preview = async |text: &str| {
        let standing = ours.incident(&incident.id).await?;
        let wish = Wish { body: Some(text.to_owned()), ..Wish::default() };
        let words = ours.compose(&standing, &ticket(), &wish).await?;
        Ok::<_, lastgood_core::error::Trouble>(words.unwrap().rendered.body.text())
    };
    assert_eq!(preview("# {{ title }}\nOne").await.unwrap(), "One\n");
    let other = telling(folder.path(), "http://127.0.0.1:9", "");
    // From now on the facts that are there cannot be read, and with another hash they are taken for facts that nobody read.
    let file = Connection::open(folder.path().join("data/journal.sqlite")).unwrap();
    let columns = |row: &rusqlite::Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?));
    let (event, hash) = file.query_row("SELECT event, hash FROM fact", [], columns).unwrap();
    file.execute("UPDATE fact SET event = 'x', hash = 'y'", []).unwrap();
    assert_eq!(preview("# {{ title }}\nOne, two").await.unwrap(), "One, two\n", "nothing was read again");
    file.execute("UPDATE fact SET event = ?1, hash = ?2", [&event, &hash]).unwrap();
    let note = Event::IncidentNoted { by: "@on-call".to_owned(), text: "seen".to_owned() };
    other.write(&incident.id, note).await.unwrap();
    file.execute("UPDATE fact SET event = 'x'", []).unwrap();
    let trouble = preview("# {{ title }}\nThree").await.unwrap_err();
    assert_eq!(trouble.code, Code::JournalBroken, "another's fact is read");
}
