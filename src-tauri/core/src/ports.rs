//! Everything the engine needs from the world: narrow traits, named for the deed.

pub mod channel;
pub mod forge;
pub mod publishing;
pub mod repository;
pub mod world;

use std::sync::Arc;

pub use channel::Channel;
pub use forge::Forge;
pub use publishing::Publishing;
pub use repository::Repository;
pub use world::{Clock, Desktop, Journal, Person, Probe, Watcher};

/// The world around one rollback.
#[derive(Clone)]
pub struct Ports {
    pub repository: Arc<dyn Repository>,
    pub forge: Arc<dyn Forge>,
    pub journal: Arc<dyn Journal>,
    pub probe: Arc<dyn Probe>,
    pub desktop: Arc<dyn Desktop>,
    pub clock: Arc<dyn Clock>,
    pub person: Arc<dyn Person>,
    pub watcher: Arc<dyn Watcher>,
}
