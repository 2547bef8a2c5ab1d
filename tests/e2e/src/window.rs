mod element;

use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lastgood_desk::Failure;
use serde_json::{Value, json};

use crate::{By, Driver, program};

pub use element::Element;

/// How long an element may take to appear, on a small machine under load.
const APPEARS_WITHIN: Duration = Duration::from_secs(15);
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// An open window. Dropping it closes the program.
#[derive(Debug)]
pub struct Window {
    driver: Option<Driver>,
    session: String,
}

impl Window {
    pub(crate) fn new(driver: Driver, session: String) -> Self {
        Self { driver: Some(driver), session }
    }

    /// The first such element; waits for it to appear.
    pub fn find(&self, by: &By) -> Result<Element<'_>, Failure> {
        self.wait_for(&by.to_string(), APPEARS_WITHIN, || Ok(self.find_all(by)?.into_iter().next()))
    }

    /// All such elements that are there now.
    pub fn find_all(&self, by: &By) -> Result<Vec<Element<'_>>, Failure> {
        let (using, value) = by.locator();
        let found = self.post("elements", &json!({ "using": using, "value": value }))?;
        let all = found.as_array().into_iter().flatten().filter_map(|value| Element::read(self, value));
        match by {
            By::Css(_) | By::Text(_) => Ok(all.collect()),
            By::Role { role, name } => Ok(all.filter(|element| element.is(role, name)).collect()),
        }
    }

    /// Clicks the first such element, once it can be clicked: it may still be measured, or lie under what is closing.
    pub fn click(&self, by: &By) -> Result<(), Failure> {
        self.wait_for(&format!("a click on {by}"), APPEARS_WITHIN, || {
            self.find_all(by)?.first().map(Element::click).transpose()
        })
    }

    pub fn text(&self, by: &By) -> Result<String, Failure> {
        self.find(by)?.text()
    }

    /// Presses these keys together, as `[keys::CONTROL, 'k']`, wherever the focus is.
    pub fn press(&self, keys: &[char]) -> Result<(), Failure> {
        let key = |kind: &str, key: &char| json!({ "type": kind, "value": key });
        let down = keys.iter().map(|each| key("keyDown", each));
        let up = keys.iter().rev().map(|each| key("keyUp", each));
        let strokes: Vec<Value> = down.chain(up).collect();
        let actions = json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": strokes }] });
        self.post("actions", &actions).map(|_| ()).map_err(|failure| Failure::new(format!("{keys:?}: {failure}")))
    }

    /// Runs a script in the page and returns its value.
    pub fn execute(&self, script: &str, arguments: &[Value]) -> Result<Value, Failure> {
        self.post("execute/sync", &json!({ "script": script, "args": arguments }))
    }

    /// Sets the size of the window, frame included, in pixels.
    pub fn resize(&self, width: u32, height: u32) -> Result<(), Failure> {
        self.post("window/rect", &json!({ "width": width, "height": height })).map(|_| ())
    }

    /// Loads this address instead of the window's own page.
    pub fn go_to(&self, address: &str) -> Result<(), Failure> {
        self.post("url", &json!({ "url": address })).map(|_| ())
    }

    /// Writes a picture of the page into the folder for pictures.
    pub fn picture(&self, name: &str) -> Result<PathBuf, Failure> {
        // On a loaded machine the newest frame, or its letters, may not be drawn yet.
        let drawn = "const done = arguments[0];
            document.fonts.ready.then(() => requestAnimationFrame(() => requestAnimationFrame(() => done(true))));";
        self.post("execute/async", &json!({ "script": drawn, "args": [] }))?;
        let picture = self.get("screenshot")?;
        let file = program::pictures()?.join(format!("{name}.png"));
        STANDARD
            .decode(picture.as_str().unwrap_or_default())
            .map_err(|error| Failure::new(format!("the picture is not base64: {error}")))
            .and_then(|bytes| {
                std::fs::write(&file, bytes).map_err(|error| Failure::new(format!("{}: {error}", file.display())))
            })
            .map(|()| file)
    }

    /// Waits until the condition holds; `what` names it when it never does.
    pub fn wait_until(
        &self,
        what: &str,
        limit: Duration,
        condition: impl Fn(&Self) -> Result<bool, Failure>,
    ) -> Result<(), Failure> {
        self.wait_for(what, limit, || Ok(condition(self)?.then_some(())))
    }

    /// Ends the program at once, without a farewell, as a crash or a power cut would.
    pub fn kill(mut self) {
        if let Some(driver) = self.driver.take() {
            driver.kill();
        }
    }

    /// An error on the way is as good as "not yet": elements come and go while a page draws itself.
    fn wait_for<T>(
        &self,
        what: &str,
        limit: Duration,
        mut look: impl FnMut() -> Result<Option<T>, Failure>,
    ) -> Result<T, Failure> {
        let start = Instant::now();
        loop {
            let last = match look() {
                Ok(Some(found)) => return Ok(found),
                Ok(None) => String::new(),
                Err(failure) => format!(" ({failure})"),
            };
            if start.elapsed() >= limit {
                let seconds = limit.as_secs_f64();
                let picture = self.last_picture().map(|file| format!("; picture: {}", file.display()));
                let picture = picture.unwrap_or_default();
                return Err(Failure::new(format!("{what} did not come within {seconds} s{last}{picture}")));
            }
            thread::sleep(BETWEEN_LOOKS);
        }
    }

    /// What the window showed when a wait was over, named for the test that waited.
    fn last_picture(&self) -> Option<PathBuf> {
        let test = thread::current().name().unwrap_or("window").replace("::", "-");
        self.picture(&format!("failed-{test}")).ok()
    }

    fn get(&self, path: &str) -> Result<Value, Failure> {
        self.ask("GET", path, &Value::Null)
    }

    fn post(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        self.ask("POST", path, body)
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> Result<Value, Failure> {
        match &self.driver {
            Some(driver) => driver.ask(method, &format!("/session/{}/{path}", self.session), body),
            None => Err(Failure::new("the window was killed")),
        }
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        if let Some(driver) = &self.driver {
            // A program that has ended by itself has no session left to close.
            driver.ask("DELETE", &format!("/session/{}", self.session), &Value::Null).ok();
        }
    }
}
