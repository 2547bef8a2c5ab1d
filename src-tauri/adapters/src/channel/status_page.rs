//! Public status pages.

pub(super) mod cachet;
pub(super) mod cstate;
pub(super) mod instatus;
pub(super) mod statuspage;

use lastgood_core::message::render::{Format, Letter, Rendered, render};
use lastgood_core::settings::telling::ChannelSettings;

/// The ids of the components that the named surfaces stand for.
fn components(settings: &ChannelSettings, letter: &Letter) -> Vec<String> {
    letter.surfaces.iter().filter_map(|surface| settings.components.get(surface)).cloned().collect()
}

/// The last part of an address, or what was said itself: what status pages call an incident.
fn last_part(said: &str) -> &str {
    said.trim().trim_end_matches('/').rsplit('/').next().unwrap_or_default()
}

/// The title and the text that a page shows.
fn words(format: Format, letter: &Letter) -> (String, String) {
    let rendered: Rendered = render(format, letter);
    let text = rendered.body.text().trim().to_owned();
    (rendered.title, text)
}
