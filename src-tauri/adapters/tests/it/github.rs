//! GitHub, as the rehearsal's plays it, also where it goes wrong.

mod dispatching;
mod limiting;
mod makers;
mod old_releases;
mod publishing;
mod readiness;
mod reading;
mod rejected;
mod runs;
mod troubles;
mod unreached;
mod waiting;
mod workflows;
mod writing;
