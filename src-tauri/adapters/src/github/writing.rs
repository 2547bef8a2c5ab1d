//! Tags without git, and the outcome of every request that writes.

use http::Method;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{ObjectId, TagName};
use lastgood_core::ports::forge::{Tagger, Written};
use lastgood_core::ports::repository::{PushOutcome, TagOrder, TagTarget};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::json;

use super::answer::{Answer, Failure, left_unknown};
use super::transport::encode;
use super::{Github, object};

#[derive(Deserialize)]
struct Reference {
    object: Target,
}

#[derive(Deserialize)]
struct Target {
    #[serde(rename = "type")]
    kind: String,
    sha: String,
}

#[derive(Deserialize)]
struct TagObject {
    sha: String,
    object: Target,
}

/// Tags of tags are rare; a chain this long is none that anybody made.
const CHAIN: usize = 8;

impl Github {
    pub(super) async fn tag_target(&self, tag: &TagName) -> Result<Option<TagTarget>, Trouble> {
        let name = encode(tag.as_str()).replace("%2F", "/");
        // Asked fresh: what a ref points at is never taken from memory.
        let answer = self.reader.transport.get(&self.path(&format!("/git/ref/tags/{name}")), None).await?;
        if answer.status == 404 {
            return Ok(None);
        }
        if !answer.is_success() {
            return Err(answer.trouble());
        }
        let reference: Reference = answer.read("the tag")?;
        let id = object(&reference.object.sha);
        let mut target = reference.object;
        for _ in 0..CHAIN {
            if target.kind != "tag" {
                break;
            }
            let route = self.path(&format!("/git/tags/{}", encode(&target.sha)));
            target = self.reader.ask::<TagObject>(&route).await?.value.object;
        }
        let commit = (target.kind == "commit").then(|| object(&target.sha));
        Ok(Some(TagTarget { object: id, commit }))
    }

    pub(super) async fn make_tag_object(&self, order: &TagOrder, tagger: &Tagger) -> Written<ObjectId> {
        let date = order.date.rfc3339();
        let body = json!({
            "tag": order.name,
            "message": order.message,
            "object": order.commit,
            "type": "commit",
            "tagger": { "name": tagger.name, "email": tagger.email, "date": date },
        });
        let sent = self.reader.transport.write(&Method::POST, &self.path("/git/tags"), &body).await;
        outcome_with(sent, |made: TagObject| object(&made.sha))
    }

    /// Create-only on GitHub's side. A name that is taken is looked at: it may be our own, from before.
    pub(super) async fn name_object(&self, tag: &TagName, id: &ObjectId) -> PushOutcome {
        let body = json!({ "ref": format!("refs/tags/{tag}"), "sha": id });
        let sent = self.reader.transport.write(&Method::POST, &self.path("/git/refs"), &body).await;
        match outcome(sent) {
            Written::Done(()) => PushOutcome::Created,
            Written::Refused(trouble) => match self.tag_target(tag).await {
                Ok(Some(there)) if there.object == *id => PushOutcome::AlreadyThere,
                Ok(Some(_)) => PushOutcome::Taken,
                Ok(None) | Err(_) => PushOutcome::Refused(trouble.message),
            },
            Written::NotSent(trouble) => PushOutcome::Refused(trouble.message),
            Written::Unknown(trouble) => match self.tag_target(tag).await {
                Ok(Some(there)) if there.object == *id => PushOutcome::Created,
                Ok(_) | Err(_) => PushOutcome::Unknown(trouble.message),
            },
        }
    }
}

/// Where it does not matter what the answer holds. A page of HTML is no answer of GitHub's, whatever its status.
pub(super) fn outcome(sent: Result<Answer, Failure>) -> Written<()> {
    match sent {
        Ok(answer) if answer.is_success() && answer.body.trim().is_empty() => Written::Done(()),
        sent => outcome_with(sent, |_: IgnoredAny| ()),
    }
}

pub(super) fn outcome_with<W: DeserializeOwned, T>(
    sent: Result<Answer, Failure>,
    told: impl FnOnce(W) -> T,
) -> Written<T> {
    match sent {
        Ok(answer) if answer.is_success() => match answer.read::<W>("a request that writes") {
            Ok(wire) => Written::Done(told(wire)),
            // Something in between said yes; whether GitHub did is not known.
            Err(trouble) => Written::Unknown(left_unknown(trouble)),
        },
        Ok(answer) => no(&answer),
        Err(failure) => silence(failure),
    }
}

fn no<T>(answer: &Answer) -> Written<T> {
    match answer.status {
        // The request came too slowly, or the server broke on the way: what it did before is not known.
        408 | 500..=599 => Written::Unknown(left_unknown(answer.trouble())),
        _ => Written::Refused(refusal(answer)),
    }
}

/// GitHub says "not found" to a write where it means "not for you".
pub(super) fn refusal(answer: &Answer) -> Trouble {
    if answer.status != 404 {
        return answer.trouble();
    }
    Trouble::new(
        Code::NotOnGithub,
        "GitHub answers as if it were not there: either it is gone, or the token may not write it.",
        "A token needs the scopes repo and workflow, or for fine-grained ones the write permission for it.",
    )
}

fn silence<T>(failure: Failure) -> Written<T> {
    match failure {
        Failure::NotSent(trouble) => Written::NotSent(trouble),
        Failure::NoAnswer(trouble) => Written::Unknown(left_unknown(trouble)),
    }
}
