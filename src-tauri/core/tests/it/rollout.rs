//! A gradual rollout: what can happen to it, what is done next, and which time counts while a stage is watched.

mod kit;
mod mending;
mod planned;
mod transitions;
mod watched;
