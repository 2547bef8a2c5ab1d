//! Journeys through the real window, and the proof that the kit they use can see, act and fail.
#![cfg(target_os = "linux")]

mod access;
mod alerts;
mod beside;
mod incident;
mod keyboard;
mod kit;
mod opening;
mod postmortem;
mod repository;
mod rollback;
mod sign_in;
mod troubles;
mod typing;
mod way_up;
