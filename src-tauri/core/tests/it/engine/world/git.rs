//! Tags here and on the remote. Both only ever create.

use std::hash::{DefaultHasher, Hash, Hasher};

use async_trait::async_trait;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{ObjectId, TagName};
use lastgood_core::ports::Repository;
use lastgood_core::ports::repository::{PushOutcome, TagOrder, TagTarget};
use lastgood_core::release::name::read;
use lastgood_core::release::{PointsAt, Release, TagKind};

use super::{Call, Effect, Fault, Tag, World, trouble};

#[async_trait]
impl Repository for World {
    async fn releases(&self) -> Result<Vec<Release>, Trouble> {
        Ok(self.with(|state| state.local.iter().map(|(name, tag)| release(name, tag)).collect()))
    }

    async fn local_tag(&self, tag: &TagName) -> Result<Option<TagTarget>, Trouble> {
        match self.enter(Call::LocalTag) {
            Some(Fault::No) => return Ok(None),
            Some(_) => return Err(trouble(Code::RepositoryUnreadable, "The repository cannot be read.")),
            None => {}
        }
        let found = self.with(|state| state.local.get(tag).cloned());
        Ok(found.map(|tag| TagTarget { object: tag.object, commit: Some(tag.commit) }))
    }

    async fn remote_tag(&self, tag: &TagName) -> Result<Option<TagTarget>, Trouble> {
        match self.enter(Call::RemoteTag) {
            Some(Fault::No) => return Ok(None),
            Some(_) => return Err(trouble(Code::RemoteUnreachable, "The remote cannot be reached.")),
            None => {}
        }
        let found = self.with(|state| state.remote.get(tag).cloned());
        Ok(found.map(|object| TagTarget { object, commit: None }))
    }

    async fn make_tag(&self, order: &TagOrder) -> Result<ObjectId, Trouble> {
        if self.enter(Call::MakeTag).is_some() {
            return Err(trouble(Code::RepositoryUnwritable, "The disk is full."));
        }
        let known = self.with(|state| state.local.get(&order.name).cloned());
        if let Some(known) = known {
            let same = known.commit == order.commit && known.message == order.message;
            return same.then_some(known.object).ok_or_else(|| trouble(Code::TagTaken, "That tag is there already."));
        }
        let object = name(order);
        self.with(|state| state.objects.insert(object.clone(), order.clone()));
        Ok(object)
    }

    async fn name_tag(&self, tag: &TagName, object: &ObjectId) -> Result<(), Trouble> {
        if self.enter(Call::NameTag).is_some() {
            return Err(trouble(Code::RepositoryUnwritable, "The disk is full."));
        }
        if let Some(known) = self.with(|state| state.local.get(tag).cloned()) {
            let same = known.object == *object;
            return same.then_some(()).ok_or_else(|| trouble(Code::TagTaken, "That tag is there already."));
        }
        self.with(|state| {
            let order = state.objects.get(object).cloned().expect("only what was made is named");
            let tag = Tag { object: object.clone(), commit: order.commit.clone(), message: order.message.clone() };
            state.local.insert(order.name.clone(), tag);
            state.tag_orders.push(order);
        });
        self.done(Effect::Tag).await;
        Ok(())
    }

    async fn push_tag(&self, tag: &TagName, object: &ObjectId) -> Result<PushOutcome, Trouble> {
        let fault = self.enter(Call::PushTag);
        match fault {
            Some(Fault::No) => return Ok(PushOutcome::Refused("tags are protected".to_owned())),
            Some(Fault::LostBefore) => return Ok(PushOutcome::Unknown("the connection broke".to_owned())),
            Some(Fault::Broken | Fault::NotSent | Fault::Limited) => {
                return Err(trouble(Code::GitMissing, "There is no git here."));
            }
            Some(Fault::LostAfter) | None => {}
        }
        let local = self.with(|state| state.local.get(tag).map(|tag| tag.object.clone()));
        assert_eq!(local.as_ref(), Some(object), "only what exists here is pushed");
        match self.with(|state| state.remote.get(tag).cloned()) {
            Some(there) if there == *object => return Ok(PushOutcome::AlreadyThere),
            Some(_) => return Ok(PushOutcome::Taken),
            None => self.with(|state| state.remote.insert(tag.clone(), object.clone())),
        };
        self.done(Effect::Push).await;
        match fault {
            Some(_) => Ok(PushOutcome::Unknown("the connection broke".to_owned())),
            None => Ok(PushOutcome::Created),
        }
    }
}

/// Like git's: the same order has the same name.
fn name(order: &TagOrder) -> ObjectId {
    let mut hasher = DefaultHasher::new();
    (order.name.as_str(), order.commit.as_str(), &order.message, order.date.seconds).hash(&mut hasher);
    ObjectId::new(format!("{:040x}", hasher.finish()))
}

fn release(name: &TagName, tag: &Tag) -> Release {
    let reading = read(name.as_str());
    Release {
        tag: name.clone(),
        series: reading.series,
        version: reading.version,
        kind: TagKind::Annotated,
        object: tag.object.clone(),
        points_at: PointsAt::Commit(tag.commit.clone()),
        date: None,
        title: tag.message.clone(),
        author: "Release Manager".to_owned(),
        prerelease: reading.prerelease,
        signed: false,
    }
}
