//! Everything the engine needs from the world: narrow traits, named for the deed.

pub mod channel;
pub mod forge;
pub mod history;
pub mod publishing;
pub mod readiness;
pub mod repository;
pub mod shell;
pub mod team;
pub mod world;

use std::sync::Arc;

pub use channel::Channel;
pub use forge::Forge;
pub use history::History;
pub use publishing::Publishing;
pub use readiness::Readiness;
pub use repository::Repository;
pub use shell::Shell;
pub use team::Team;
pub use world::{Clock, Desktop, Journal, Person, Probe, Watcher};

/// The world around one rollback.
#[derive(Clone)]
pub struct Ports {
    pub repository: Arc<dyn Repository>,
    pub history: Arc<dyn History>,
    pub team: Arc<dyn Team>,
    pub forge: Arc<dyn Forge>,
    pub readiness: Arc<dyn Readiness>,
    pub publishing: Arc<dyn Publishing>,
    pub shell: Arc<dyn Shell>,
    pub journal: Arc<dyn Journal>,
    pub probe: Arc<dyn Probe>,
    pub desktop: Arc<dyn Desktop>,
    pub clock: Arc<dyn Clock>,
    pub person: Arc<dyn Person>,
    pub watcher: Arc<dyn Watcher>,
}
