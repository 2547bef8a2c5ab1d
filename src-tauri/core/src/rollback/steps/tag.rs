//! Step 3. The rollback tag, made on the target's commit and pushed, expecting that the remote has none of that name.
//!
//! An object without a name changes nothing for anybody, so it may be made ahead, while the hold is taken. Once that it is
//! made is on the disk, it is named and pushed. Naming and pushing are create-only and name the exact object, so repeating
//! them has one effect.

use futures_util::future::join3;

use crate::error::{Code, Trouble};
use crate::ids::ObjectId;
use crate::ports::repository::{PushOutcome, TagOrder};
use crate::release::Moment;
use crate::rollback::StepName;
use crate::rollback::engine::Engine;
use crate::rollback::event::{Ending, Event};
use crate::rollback::steps::{dispatch, errored, failed, hold, inconclusive, is_away, succeeded};

/// A tag's object that was made before its step.
pub(crate) struct Made {
    order: TagOrder,
    object: ObjectId,
}

/// Makes the object ahead. What fails here fails again in the step, which tells of it.
pub(super) async fn ahead(engine: &Engine) -> Option<Made> {
    let order = order(engine);
    let object = engine.ports.repository.make_tag(&order).await.ok()?;
    Some(Made { order, object })
}

pub(crate) async fn run(engine: &mut Engine) -> Result<Ending, Trouble> {
    let plan = engine.rollback().plan.clone();
    let order = order(engine);
    let object = match made(engine, &order).await {
        Ok(object) => object,
        Err(trouble) => return Ok(errored(StepName::Tag, trouble)),
    };
    engine.write(Event::TagMade { tag: order.name.clone(), object: object.clone() }).await?;
    if let Err(trouble) = engine.ports.repository.name_tag(&order.name, &object).await {
        return Ok(errored(StepName::Tag, trouble));
    }
    // Three questions to three places, none of which waits for another.
    let (pushed, hold_seen, newest) =
        join3(engine.ports.repository.push_tag(&order.name, &object), hold::look(engine), dispatch::newest(engine))
            .await;
    engine.hold_seen = hold_seen;
    engine.newest = newest;
    let done = format!("{} → {}", order.name, plan.commit.short());
    if let Some(why) = away(engine, &pushed) {
        let sentence = format!("{done}, kept here; the remote did not confirm it: {}", why.trim_end_matches('.'));
        engine.note(Event::TagKept { tag: order.name, sentence: why })?;
        return Ok(succeeded(StepName::Tag, sentence));
    }
    Ok(match pushed {
        Ok(PushOutcome::Created | PushOutcome::AlreadyThere) => succeeded(StepName::Tag, done),
        Ok(PushOutcome::Taken) => failed(
            StepName::Tag,
            Trouble::new(
                Code::PushRefused,
                format!("The remote has another tag named {}.", order.name),
                "Somebody began a rollback in the same second. Start again; the next tag has another name.",
            ),
        ),
        Ok(PushOutcome::Refused(words)) => failed(
            StepName::Tag,
            Trouble::new(
                Code::PushRefused,
                format!("The remote refused the tag: {words}"),
                "Allow tags named rollback-* in the repository's rules, or ask someone who may push them.",
            ),
        ),
        Ok(PushOutcome::Unknown(words)) => inconclusive(
            StepName::Tag,
            Code::RemoteUnreachable,
            format!("Whether the tag arrived is not known: {words}"),
            "Look again when the network is back; pushing the same tag twice does no harm.",
        ),
        Err(trouble) => errored(StepName::Tag, trouble),
    })
}

fn order(engine: &Engine) -> TagOrder {
    let rollback = engine.rollback();
    let plan = &rollback.plan;
    TagOrder {
        name: plan.rollback_tag.clone(),
        commit: plan.commit.clone(),
        message: plan.tag_message(&rollback.why(), rollback.id.as_str()),
        date: Moment { seconds: plan.started.as_second(), offset: 0 },
    }
}

/// The reason may have been given since the object was made.
async fn made(engine: &mut Engine, order: &TagOrder) -> Result<ObjectId, Trouble> {
    match engine.tag.take() {
        Some(made) if made.order == *order => Ok(made.object),
        Some(_) | None => engine.ports.repository.make_tag(order).await,
    }
}

/// Why the remote did not confirm the tag, where it is away and the deploy does not need it. A push whose answer was lost may
/// have arrived; pushed once more, it is the same tag.
fn away(engine: &Engine, pushed: &Result<PushOutcome, Trouble>) -> Option<String> {
    if !engine.rollback().is_local() {
        return None;
    }
    match pushed {
        Ok(PushOutcome::Unknown(words)) => Some(words.clone()),
        Err(trouble) if is_away(trouble.code) => Some(trouble.message.clone()),
        Ok(PushOutcome::Created | PushOutcome::AlreadyThere | PushOutcome::Taken | PushOutcome::Refused(_))
        | Err(_) => None,
    }
}
