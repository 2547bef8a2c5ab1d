//! The commit that carries a mark: nothing in it but its message. Git's own protocol takes it from memory; for the program
//! it is written into a clean room.

use git2::{Odb, Repository, Signature, Time};
use jiff::Timestamp;
use lastgood_core::error::Trouble;
use lastgood_core::ids::ObjectId;

use crate::git::location::{Location, Reader};
use crate::git::program::{self, Environment};
use crate::git::room::Room;
use crate::git::{trouble, wire};

const NAME: &str = "Lastgood";
const MAIL: &str = "lastgood@localhost";

const AUTHOR: [(&str, &str); 4] = [
    ("GIT_AUTHOR_NAME", NAME),
    ("GIT_AUTHOR_EMAIL", MAIL),
    ("GIT_COMMITTER_NAME", NAME),
    ("GIT_COMMITTER_EMAIL", MAIL),
];

/// Above the file system, of which there is none here.
const PRIORITY: i32 = 1_000;

#[derive(Clone)]
pub(super) struct Carrier {
    text: String,
    seconds: i64,
}

impl Carrier {
    pub(super) fn new(text: &str) -> Self {
        Self { text: text.to_owned(), seconds: Timestamp::now().as_second() }
    }

    /// Its id and the pack that holds it; nothing touches a disk.
    pub(super) fn packed(&self) -> Result<(ObjectId, Vec<u8>), git2::Error> {
        let objects = Odb::new()?;
        objects.add_new_mempack_backend(PRIORITY)?;
        let repository = Repository::from_odb(objects)?;
        let commit = self.commit(&repository)?;
        let pack = wire::packed(&repository, |pack| pack.insert_commit(commit))?;
        Ok((ObjectId::new(commit.to_string()), pack))
    }

    /// The same, among the room's own objects.
    pub(super) fn write(
        &self,
        room: &Room,
        location: &Location,
        environment: &Environment,
    ) -> Result<ObjectId, Trouble> {
        match location.reader {
            Reader::Library => {
                let written = Repository::open_bare(room.folder()).and_then(|repository| self.commit(&repository));
                let id = written.map_err(|error| trouble::unwritable(error.message()))?;
                Ok(ObjectId::new(id.to_string()))
            }
            Reader::Program => self.write_by_program(room, environment),
        }
    }

    fn commit(&self, repository: &Repository) -> Result<git2::Oid, git2::Error> {
        let somebody = Signature::new(NAME, MAIL, &Time::new(self.seconds, 0))?;
        let tree = repository.find_tree(repository.treebuilder(None)?.write()?)?;
        repository.commit(None, &somebody, &somebody, &self.text, &tree, &[])
    }

    fn write_by_program(&self, room: &Room, environment: &Environment) -> Result<ObjectId, Trouble> {
        let run = |arguments: &[&str], input: &str| {
            let mut command = room.here(environment);
            command.envs(AUTHOR);
            let output = program::feed(command, arguments, input.as_bytes())?;
            if !output.status.success() {
                return Err(trouble::unwritable(program::said(&output)));
            }
            Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
        };
        let tree = run(&["mktree"], "")?;
        run(&["commit-tree", &tree], &self.text).map(ObjectId::new)
    }
}
