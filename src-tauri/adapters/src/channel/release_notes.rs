//! A section in the notes of a release on GitHub: of the one that was rolled back from, or, with `to = ["good"]`, of the
//! one that was rolled back to. It stands between two marks and is written anew each time: done twice it is done once.

use async_trait::async_trait;
use lastgood_core::error::Trouble;
use lastgood_core::ids::TagName;
use lastgood_core::incident::Receipt;
use lastgood_core::message::render::{Format, Letter, heading, render};
use lastgood_core::ports::Channel;
use lastgood_core::ports::channel::{Sent, Tested};
use lastgood_core::ports::publishing::{Latest, ReleaseEdit};
use lastgood_core::settings::telling::ChannelSettings;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Method, RequestBuilder};

use super::http::{Failure, Http, authorized};
use super::{Keys, github};
use crate::github::releases::changes as release_changes;
use crate::secret::Secret;

pub(super) struct ReleaseNotes {
    http: Http,
    repository: String,
    token: Secret,
    of_good: bool,
}

impl ReleaseNotes {
    pub(super) fn new(http: Http, name: &str, settings: &ChannelSettings, keys: &Keys) -> Result<Self, Trouble> {
        let (api, token, repository) = github(name, settings, keys)?;
        let of_good = settings.to.iter().any(|which| which == "good");
        Ok(Self { http, repository: format!("{api}/repos/{repository}"), token, of_good })
    }

    fn signed(&self, request: RequestBuilder) -> RequestBuilder {
        let request =
            request.header("accept", "application/vnd.github+json").header("x-github-api-version", "2022-11-28");
        authorized(request, "Bearer", &self.token)
    }

    fn release<'a>(&self, letter: &'a Letter) -> Option<&'a TagName> {
        let (from, to) = letter.releases.as_ref()?;
        if self.of_good { Some(to) } else { from.as_ref() }
    }

    /// An edit that does not say it makes the release the latest one: what was rolled back from must not become it, and the
    /// other one stays what it is.
    async fn latest(&self, id: u64) -> Result<Latest, Sent> {
        if !self.of_good {
            return Ok(Latest::Not);
        }
        let unsent = |trouble| Sent::NotSent { trouble, again_in: None };
        let address = format!("{}/releases/latest", self.repository);
        match self.http.hear(self.signed(self.http.request(Method::GET, &address))).await {
            Ok(answer) if answer.status == 404 => Ok(Latest::Not),
            Ok(answer) if answer.status < 300 => match answer.json().and_then(|body| body["id"].as_u64()) {
                Some(latest) => Ok(if latest == id { Latest::This } else { Latest::Not }),
                None => Err(unsent(self.http.busy())),
            },
            Ok(_) => Err(unsent(self.http.busy())),
            Err(Failure::NotSent(trouble) | Failure::NoAnswer(trouble)) => Err(unsent(trouble)),
        }
    }

    /// The release's id and notes. Reading changes nothing: what fails here was not sent.
    async fn notes(&self, tag: &TagName) -> Result<(u64, String), Sent> {
        let tag = utf8_percent_encode(tag.as_str(), NON_ALPHANUMERIC);
        let address = format!("{}/releases/tags/{tag}", self.repository);
        let unsent = |trouble| Sent::NotSent { trouble, again_in: None };
        let answer = match self.http.hear(self.signed(self.http.request(Method::GET, &address))).await {
            Ok(answer) if answer.status == 404 => return Err(self.http.refused("the tag has no release on GitHub")),
            Ok(answer) if answer.status >= 500 => return Err(unsent(self.http.busy())),
            Ok(answer) if answer.status >= 300 => return Err(self.http.refused(&answer.body)),
            Ok(answer) => answer,
            Err(Failure::NotSent(trouble) | Failure::NoAnswer(trouble)) => return Err(unsent(trouble)),
        };
        let read = answer
            .json()
            .and_then(|body| Some((body["id"].as_u64()?, body["body"].as_str().unwrap_or_default().to_owned())));
        read.ok_or_else(|| unsent(self.http.busy()))
    }
}

#[async_trait]
impl Channel for ReleaseNotes {
    async fn send(&self, letter: &Letter) -> Sent {
        let Some(tag) = self.release(letter) else {
            return self.http.refused("there is no such release in this incident");
        };
        let (id, notes) = match self.notes(tag).await {
            Ok(found) => found,
            Err(sent) => return sent,
        };
        let rendered = render(Format::Markdown, letter);
        let section = format!("## {}\n\n{}", heading(&rendered.title), rendered.body.text().trim());
        let latest = match self.latest(id).await {
            Ok(latest) => latest,
            Err(sent) => return sent,
        };
        let notes = Some(with_section(&notes, &letter.incident, &section));
        let body = release_changes(&ReleaseEdit { notes, latest, ..ReleaseEdit::default() });
        let address = format!("{}/releases/{id}", self.repository);
        match self.http.write(self.signed(self.http.json(Method::PATCH, &address, &body))).await {
            Ok(answer) => match answer.json() {
                Some(body) if body["id"].as_u64() == Some(id) => Sent::Delivered(Receipt {
                    handle: Some(id.to_string()),
                    url: body["html_url"].as_str().map(str::to_owned),
                    sentence: format!("It stands in the notes of {tag}."),
                }),
                Some(_) | None => self.http.strange(&answer),
            },
            Err(sent) => sent,
        }
    }

    async fn test(&self) -> Result<Tested, Trouble> {
        self.http.read(self.signed(self.http.request(Method::GET, &self.repository))).await?;
        Ok(Tested::Answered("The repository can be read.".to_owned()))
    }
}

/// The section above everything else, in place of an earlier one of the same incident.
fn with_section(notes: &str, incident: &str, section: &str) -> String {
    let (start, end) = (format!("<!-- lastgood:{incident} -->"), format!("<!-- /lastgood:{incident} -->"));
    let rest = match (notes.find(&start), notes.find(&end)) {
        (Some(from), Some(to)) if from < to => format!("{}{}", &notes[..from], &notes[to + end.len()..]),
        _ => notes.to_owned(),
    };
    format!("{start}\n{section}\n{end}\n\n{}", rest.trim_start())
}
