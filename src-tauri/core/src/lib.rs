//! The domain and the engine of Lastgood.
//!
//! Boundary: nothing here does I/O, reads the clock, the environment or the home folder. Facts, time, ids and
//! randomness come in; facts, views and intentions go out. What must touch the world is a trait in [`ports`].

pub mod arming;
pub mod awake;
pub mod break_glass;
pub mod error;
pub mod fix;
pub mod hold;
pub mod ids;
pub mod incident;
pub mod journal;
pub mod live;
pub mod log;
pub mod message;
pub mod metrics;
pub mod planning;
pub mod ports;
pub mod postmortem;
pub mod redact;
pub mod release;
pub mod risk;
pub mod rollback;
pub mod rollout;
pub mod settings;
pub mod template;
pub mod title;
