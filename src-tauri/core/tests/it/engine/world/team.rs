//! The remote's holds and quarantines: each changes by compare-and-swap.

use async_trait::async_trait;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::hold::mark::{Mark, MarkName, Marks};
use lastgood_core::ids::ObjectId;
use lastgood_core::ports::Team;
use lastgood_core::ports::team::Put;

use super::{Call, Effect, Fault, World, trouble};

#[async_trait]
impl Team for World {
    async fn marks(&self) -> Result<Marks, Trouble> {
        match self.enter(Call::Marks) {
            Some(Fault::No) => Err(trouble(Code::NoRemote, "There is no remote.")),
            Some(_) => Err(trouble(Code::RemoteUnreachable, "The remote cannot be reached.")),
            None => Ok(self.seen_marks()),
        }
    }

    fn remembered(&self) -> Option<Marks> {
        self.with(|state| state.remembered.clone())
    }

    async fn object(&self, name: &MarkName) -> Result<Option<ObjectId>, Trouble> {
        match self.enter(Call::Object) {
            Some(_) => Err(trouble(Code::RemoteUnreachable, "The remote cannot be reached.")),
            None => Ok(self.with(|state| state.marks.get(name).map(|mark| mark.object.clone()))),
        }
    }

    async fn put(&self, name: &MarkName, text: &str, expected: Option<&ObjectId>) -> Result<Put, Trouble> {
        let object = ObjectId::new(format!("{:040x}", self.with(|state| state.marked) + 1));
        let mark = Mark { name: name.clone(), object: object.clone(), text: text.to_owned() };
        self.swap(Call::Put, name, expected, Some(mark)).await
    }

    async fn remove(&self, name: &MarkName, expected: &ObjectId) -> Result<Put, Trouble> {
        self.swap(Call::Remove, name, Some(expected), None).await
    }
}

impl World {
    async fn swap(
        &self,
        call: Call,
        name: &MarkName,
        expected: Option<&ObjectId>,
        after: Option<Mark>,
    ) -> Result<Put, Trouble> {
        let fault = self.enter(call);
        let lost = || Put::Unknown("The connection broke.".to_owned());
        match fault {
            Some(Fault::No) => return Ok(Put::Refused("refs/lastgood is protected".to_owned())),
            Some(Fault::LostBefore) => return Ok(lost()),
            Some(Fault::Broken | Fault::NotSent | Fault::Limited) => {
                return Err(trouble(Code::GitMissing, "There is no git here."));
            }
            Some(Fault::LostAfter) | None => {}
        }
        let there = self.with(|state| state.marks.get(name).map(|mark| mark.object.clone()));
        if there.as_ref() != expected {
            return Ok(Put::Changed);
        }
        let object = after.as_ref().map_or_else(|| ObjectId::new(""), |mark| mark.object.clone());
        self.with(|state| match after {
            Some(mark) => drop(state.marks.insert(name.clone(), mark)),
            None => drop(state.marks.remove(name)),
        });
        self.done(Effect::Mark).await;
        Ok(if fault.is_some() { lost() } else { Put::Done(object) })
    }
}
