//! Channels against receivers on this machine: the documented shape, and every way to fail.

mod cstate;
mod documented;
mod faults;
mod follow;
mod github;
mod killed;
mod kit;
mod mail;
mod outbox;
mod receiver;
mod shapes;
