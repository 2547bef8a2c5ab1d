//! Telling people: what is written, what is never written, and what can happen to an incident and its messages.

mod cadence;
mod copying;
mod hostile;
mod incident;
mod kit;
mod limits;
mod outbox;
mod pace;
mod render;
mod review;
mod settings;
mod source;
mod standing;
mod templates;
mod values;
mod written;
