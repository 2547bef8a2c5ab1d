//! `lastgood channel`: where updates go.

use std::io::Read;
use std::process::ExitCode;

use lastgood_adapters::channel_secret::SecretState;
use lastgood_adapters::secret::Secret;
use lastgood_adapters::telling::Telling;
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::ChannelName;
use lastgood_core::ports::channel::Tested;
use serde_json::json;

use super::incident::telling;
use crate::arguments;
use crate::output::{self, plain};

/// No secret is longer.
const LONGEST: u64 = 16 << 10;

pub(crate) async fn run(command: arguments::Channel) -> Result<ExitCode, Trouble> {
    use arguments::Channel as Command;
    match command {
        Command::List { repository, json } => {
            let telling = telling(&repository)?;
            for (name, settings) in &telling.settings().channels {
                let name = ChannelName::new(name.as_str());
                let lacking = telling.check(&name).err().map(|trouble| trouble.hint);
                let lacking = lacking.or_else(|| settings.needs_secret().then(|| secret(&telling, &name)).flatten());
                if json {
                    let to = &settings.to;
                    output::json(&json!({
                        "channel": name, "kind": settings.kind, "audience": settings.audience(), "to": to,
                        "automatic": settings.automatic, "lacks": lacking,
                    }));
                } else {
                    let state =
                        lacking.map_or_else(|| "ready".to_owned(), |lacking| format!("lacks something. {lacking}"));
                    let line = format!(
                        "{name:<16} {:<14} {:<10} {state}",
                        settings.kind.title(),
                        settings.audience().as_str()
                    );
                    output::line(&plain(&line));
                }
            }
            if telling.settings().channels.is_empty() && !json {
                output::line("lastgood.toml names none; add [channels.NAME].");
            }
            Ok(ExitCode::SUCCESS)
        }
        Command::Test { name, repository, json } => {
            let tested = telling(&repository)?.test(&ChannelName::new(name.as_str())).await?;
            let (sentence, asked) = (tested.sentence(), matches!(tested, Tested::Answered(_)));
            if json {
                output::json(&json!({ "channel": name, "sentence": sentence, "asked": asked }));
            } else {
                output::line(&plain(&format!("{} {name}: {sentence}", if asked { "✓" } else { "–" })));
            }
            Ok(ExitCode::SUCCESS)
        }
        Command::Secret { name, repository } => {
            let telling = telling(&repository)?;
            telling.channel_settings(&ChannelName::new(name.as_str()))?;
            telling.keep_secret(&ChannelName::new(name.as_str()), read()?).await?;
            output::line(&plain(&format!("The keychain has the secret of {name}.")));
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// What its secret lacks.
fn secret(telling: &Telling, name: &ChannelName) -> Option<String> {
    match telling.secret_state(name).unwrap_or(SecretState::Missing) {
        SecretState::ThisSession | SecretState::Kept => None,
        SecretState::Locked => Some("Its secret: your keychain did not open; unlock it.".to_owned()),
        SecretState::Missing | SecretState::NoKeychain => Some(match telling.kept_for_another(name) {
            Some(before) => format!("Its secret was kept for {before}: `lastgood channel secret {name}`."),
            None => format!("Its secret: `lastgood channel secret {name}`."),
        }),
    }
}

fn read() -> Result<Secret, Trouble> {
    let mut text = String::new();
    let read = std::io::stdin().lock().take(LONGEST).read_to_string(&mut text);
    let text = text.trim();
    if read.is_err() || text.is_empty() {
        return Err(Trouble::new(
            Code::Usage,
            "Standard input holds no secret.",
            "Pipe it in: `lastgood channel secret NAME < FILE`.",
        ));
    }
    Ok(Secret::new(text))
}
