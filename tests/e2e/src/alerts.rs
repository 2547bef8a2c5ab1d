use lastgood_desk::{Failure, require};
use serde_json::Value;

use crate::Desk;

/// A desktop alert as the notification daemon got it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    pub app: String,
    pub summary: String,
    pub body: String,
}

impl Desk {
    /// Every alert so far, the newest first. Alerts still on the screen are closed, for dunst lists only closed ones.
    pub fn alerts(&self) -> Result<Vec<Alert>, Failure> {
        self.dunstctl(&["close-all"])?;
        let text = self.dunstctl(&["history"])?;
        let history: Value = serde_json::from_str(&text)
            .map_err(|error| Failure::new(format!("dunstctl history is not JSON: {error}")))?;
        let alerts = history.pointer("/data/0").and_then(Value::as_array);
        Ok(alerts.into_iter().flatten().map(read).collect())
    }

    /// Clicks the first button of the newest alert on the screen.
    pub fn act_on_alert(&self) -> Result<(), Failure> {
        self.dunstctl(&["action", "0"]).map(|_| ())
    }

    fn dunstctl(&self, arguments: &[&str]) -> Result<String, Failure> {
        let answer = self
            .command(&require("dunstctl", "dunst")?)
            .args(arguments)
            .output()
            .map_err(|error| Failure::new(format!("dunstctl did not start: {error}")))?;
        if answer.status.success() {
            return Ok(String::from_utf8_lossy(&answer.stdout).into_owned());
        }
        let said = String::from_utf8_lossy(&answer.stderr).into_owned();
        Err(Failure::new(format!("dunstctl {}: {said}", arguments.join(" "))))
    }
}

fn read(entry: &Value) -> Alert {
    let text = |name: &str| {
        let data = entry.get(name).and_then(|field| field.get("data"));
        data.and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    Alert { app: text("appname"), summary: text("summary"), body: text("body") }
}
