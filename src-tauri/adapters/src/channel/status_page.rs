//! Public status pages.

pub(super) mod cachet;
pub(super) mod cstate;
pub(super) mod instatus;
pub(super) mod statuspage;

use lastgood_core::incident::is_same_surface;
use lastgood_core::message::render::{Format, Letter, Rendered, render};
use lastgood_core::settings::telling::ChannelSettings;

/// The ids of the components that the named surfaces stand for.
fn components(settings: &ChannelSettings, letter: &Letter) -> Vec<String> {
    ids(settings, &letter.surfaces)
}

/// Of those that the page shows as affected and that are so no more.
fn recovered(settings: &ChannelSettings, letter: &Letter) -> Vec<String> {
    let hit = components(settings, letter);
    ids(settings, &letter.recovered).into_iter().filter(|id| !hit.contains(id)).collect()
}

fn ids(settings: &ChannelSettings, surfaces: &[String]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for id in surfaces.iter().filter_map(|surface| component(settings, surface)) {
        if !found.contains(id) {
            found.push(id.clone());
        }
    }
    found
}

fn component<'a>(settings: &'a ChannelSettings, surface: &str) -> Option<&'a String> {
    settings.components.iter().find(|(name, _)| is_same_surface(name, surface)).map(|(_, id)| id)
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
