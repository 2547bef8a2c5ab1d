//! One file a verb.

pub(crate) mod approve;
pub(crate) mod auth;
pub(crate) mod break_glass;
pub(crate) mod cancel;
pub(crate) mod channel;
pub(crate) mod check;
pub(crate) mod evidence;
pub(crate) mod fix;
pub(crate) mod forward;
pub(crate) mod good;
pub(crate) mod hold;
pub(crate) mod incident;
pub(crate) mod journal;
pub(crate) mod log;
pub(crate) mod metrics;
pub(crate) mod postmortem;
pub(crate) mod quarantine;
pub(crate) mod rehearsal;
pub(crate) mod rehearse;
pub(crate) mod rollback;
pub(crate) mod rollout;
pub(crate) mod status;
pub(crate) mod timeline;
pub(crate) mod trust;
