//! cState: a status page that Hugo builds from a git repository. An incident is one file; each update stands on top of the
//! ones before, with the time it was made: <https://github.com/cstate/cstate/wiki/Usage>.

use std::time::Duration;

use async_trait::async_trait;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::incident::{Receipt, Stage};
use lastgood_core::message::render::{Format, Letter};
use lastgood_core::ports::Channel;
use lastgood_core::ports::channel::{Sent, Tested};
use lastgood_core::settings::telling::ChannelSettings;

use super::{component, words};
use crate::channel::Keys;
use crate::channel::http::unknown;
use crate::git::Authorizer;
use crate::git::publish::{Order, Published};

/// For each call of git; a clone of a large site takes a while.
const DEADLINE: Duration = Duration::from_secs(60);

/// What ends the front matter.
const FENCE: &str = "---\n";

/// The key of each update that the file holds stands in this line.
const KEYS: &str = "lastgood: ";

pub(in crate::channel) struct Cstate {
    settings: ChannelSettings,
    authorizer: Option<Authorizer>,
    deadline: Duration,
}

impl Cstate {
    pub(in crate::channel) fn new(settings: &ChannelSettings, keys: &Keys) -> Self {
        let deadline = keys.deadline.unwrap_or(DEADLINE);
        Self { settings: settings.clone(), authorizer: keys.authorizer.clone(), deadline }
    }

    fn order(&self, letter: &Letter) -> Order {
        let safe: String = letter.incident.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        Order {
            address: self.settings.repository.clone().unwrap_or_default(),
            branch: self.settings.branch.clone().unwrap_or_else(|| "main".to_owned()),
            path: format!("content/issues/{}-{safe}.md", letter.began.strftime("%Y-%m-%d")),
            // Whoever corrects when it began does not begin a second page.
            dated: Some(format!("-{safe}.md")),
            message: format!("Incident {safe}: {}", letter.stage.as_str()),
            authorizer: self.authorizer.clone(),
            deadline: self.deadline,
        }
    }
}

#[async_trait]
impl Channel for Cstate {
    async fn send(&self, letter: &Letter) -> Sent {
        let published = self.order(letter).publish(|before| page(before, letter, &self.settings)).await;
        let unsent = |words: String| {
            let message = format!("The status page's repository did not take it: {words}.");
            let hint = "Check its address, the branch and your access; it goes again by itself.";
            Sent::NotSent { trouble: Trouble::new(Code::ChannelUnreachable, message, hint), again_in: None }
        };
        match published {
            Ok(Published::At(commit)) => Sent::Delivered(receipt(&commit)),
            Ok(Published::AlreadyThere) => Sent::Delivered(receipt("there already")),
            Ok(Published::NotSent(words)) => unsent(words),
            Ok(Published::Refused(words)) => {
                let message = format!("The status page's repository refused the commit: {words}.");
                Sent::Refused(Trouble::new(Code::ChannelRefused, message, "Mend what it names, then send again."))
            }
            Ok(Published::Unknown(words)) => {
                Sent::Unknown(unknown(format!("Whether the commit arrived is not known: {words}.")))
            }
            Err(trouble) => unsent(trouble.message),
        }
    }

    async fn test(&self) -> Result<Tested, Trouble> {
        let order = Order {
            path: "config.yml".to_owned(),
            dated: None,
            address: self.settings.repository.clone().unwrap_or_default(),
            branch: self.settings.branch.clone().unwrap_or_else(|| "main".to_owned()),
            message: String::new(),
            authorizer: self.authorizer.clone(),
            deadline: self.deadline,
        };
        match order.read().await {
            Some(_) => Ok(Tested::Answered(
                "The site can be cloned. Whether it may be pushed to shows with the first update.".to_owned(),
            )),
            None => Err(Trouble::new(
                Code::ChannelUnreachable,
                "The site cannot be cloned, or has no config.yml.",
                "Check the repository's address, the branch and your access.",
            )),
        }
    }

    /// The file tells which updates it holds.
    async fn look_up(&self, letter: &Letter) -> Option<Receipt> {
        let page = self.order(letter).read().await?;
        keys(&page).iter().any(|key| *key == letter.key).then(|| receipt("there already"))
    }
}

fn receipt(commit: &str) -> Receipt {
    let short: String = commit.chars().take(13).collect();
    Receipt { handle: Some(short.clone()), url: None, sentence: format!("It is in the site's repository: {short}.") }
}

/// The whole file with this update on top; `None` where it holds it already.
fn page(before: Option<&str>, letter: &Letter, settings: &ChannelSettings) -> Option<String> {
    let mut keys: Vec<&str> = before.map(keys).unwrap_or_default();
    if keys.contains(&letter.key.as_str()) {
        return None;
    }
    keys.push(&letter.key);
    let (title, text) = words(Format::Markdown, letter);
    let title = before.and_then(|page| line(page, "title: ")).map_or_else(|| quoted(&tame(&title)), str::to_owned);
    let time = |time: jiff::Timestamp| time.strftime("%Y-%m-%d %H:%M:%S").to_string();
    let affected = letter.surfaces.iter().map(|surface| tame(component(settings, surface).unwrap_or(surface)));
    let affected: Vec<String> = affected.collect();
    let severity = match letter.severity.number() {
        1 => "down",
        2 => "disrupted",
        _ => "notice",
    };
    let resolved = letter.stage == Stage::Resolved;
    let resolved_when = if resolved { format!("resolvedWhen: {}\n", quoted(&time(letter.at))) } else { String::new() };
    let affected = serde_json::to_string(&affected).unwrap_or_else(|_| "[]".to_owned());
    let stage = letter.stage.as_str();
    let stage = format!("{}{}", stage[..1].to_uppercase(), &stage[1..]);
    let rest = before.and_then(|page| page.splitn(3, FENCE).nth(2)).unwrap_or_default();
    Some(format!(
        "{FENCE}title: {title}\ndate: {}\nresolved: {resolved}\n{resolved_when}severity: {severity}\naffected: {affected}\n\
         section: issue\n{KEYS}{}\n{FENCE}\n*{stage}* – {text}\n{{{{< track \"{}\" >}}}}\n{rest}",
        quoted(&time(letter.began)),
        quoted(&keys.join(" ")),
        time(letter.at),
    ))
}

fn keys(page: &str) -> Vec<&str> {
    line(page, KEYS).map(|keys| keys.trim_matches('"').split(' ').collect()).unwrap_or_default()
}

/// What follows this word in the front matter.
fn line<'a>(page: &'a str, word: &str) -> Option<&'a str> {
    page.split(FENCE).nth(1)?.lines().find_map(|line| line.strip_prefix(word))
}

/// The theme writes titles and names into JSON as they are: what would end a string there is written otherwise.
fn tame(text: &str) -> String {
    let other = |c: char| match c {
        '"' => '”',
        '\\' => '/',
        '<' => '‹',
        '>' => '›',
        c => c,
    };
    text.chars().map(other).collect()
}

/// A JSON string is a YAML one.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
