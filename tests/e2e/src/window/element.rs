use lastgood_desk::Failure;
use serde_json::{Value, json};

use super::Window;

/// The name of an element's id in WebDriver's JSON (W3C WebDriver, "web element identifier").
const IDENTIFIER: &str = "element-6066-11e4-a52e-4f735466cecf";

/// An element of the page, until the page draws it anew.
#[derive(Debug, Clone)]
pub struct Element<'w> {
    window: &'w Window,
    id: String,
}

impl<'w> Element<'w> {
    pub(super) fn read(window: &'w Window, value: &Value) -> Option<Self> {
        let id = value.get(IDENTIFIER)?.as_str()?.to_owned();
        Some(Self { window, id })
    }

    pub fn click(&self) -> Result<(), Failure> {
        self.window.post(&self.path("click"), &json!({})).map(|_| ())
    }

    /// Types into it; special keys are in [`crate::keys`].
    pub fn keys(&self, text: &str) -> Result<(), Failure> {
        self.window.post(&self.path("value"), &json!({ "text": text })).map(|_| ())
    }

    /// The text as it is shown.
    pub fn text(&self) -> Result<String, Failure> {
        self.string("text")
    }

    /// The role that assistive technology is told.
    pub fn role(&self) -> Result<String, Failure> {
        self.string("computedrole")
    }

    /// The name that assistive technology is told.
    pub fn name(&self) -> Result<String, Failure> {
        self.string("computedlabel")
    }

    pub fn attribute(&self, name: &str) -> Result<Option<String>, Failure> {
        let value = self.window.get(&self.path(&format!("attribute/{name}")))?;
        Ok(value.as_str().map(str::to_owned))
    }

    pub fn is_shown(&self) -> Result<bool, Failure> {
        Ok(self.window.get(&self.path("displayed"))?.as_bool().unwrap_or(false))
    }

    pub fn is_enabled(&self) -> Result<bool, Failure> {
        Ok(self.window.get(&self.path("enabled"))?.as_bool().unwrap_or(false))
    }

    /// An element that is gone by now is not it.
    pub(super) fn is(&self, role: &str, name: &str) -> bool {
        self.role().is_ok_and(|own| own == role) && self.name().is_ok_and(|own| own == name)
    }

    fn string(&self, property: &str) -> Result<String, Failure> {
        let value = self.window.get(&self.path(property))?;
        Ok(value.as_str().unwrap_or_default().to_owned())
    }

    fn path(&self, rest: &str) -> String {
        format!("element/{}/{rest}", self.id)
    }
}
