//! Channels against receivers on this machine: the documented shape, and every way to fail.

mod cstate;
mod documented;
mod faults;
mod follow;
mod github;
mod groups;
mod killed;
mod kit;
mod mail;
mod nothing_new;
mod notice;
mod outbox;
mod pace;
mod previewing;
mod receiver;
mod secrets;
mod shapes;
mod taken_back;
mod trying;
