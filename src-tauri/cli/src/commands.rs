//! One file a verb.

pub(crate) mod auth;
pub(crate) mod rehearsal;
pub(crate) mod rehearse;
pub(crate) mod rollback;
pub(crate) mod status;
pub(crate) mod timeline;
