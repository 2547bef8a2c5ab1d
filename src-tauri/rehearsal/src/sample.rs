//! The sample: a small plugin service with six releases, the newest of them bad in production.

pub(crate) mod edit;
pub(crate) mod facts;
pub(crate) mod fill;
pub(crate) mod history;
pub(crate) mod past;
pub(crate) mod repository;

/// Owner of the sample repository.
pub(crate) const OWNER: &str = "acme";
/// Name of the sample repository.
pub(crate) const REPO: &str = "connectias";
