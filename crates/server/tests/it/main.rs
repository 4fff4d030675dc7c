//! Attacks on the whole server: every route with everybody's credentials, and what outsiders send.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod app;
mod bodies;
mod calls;
mod credentials;
mod documents;
mod dump;
mod headers;
mod input;
mod leaks;
mod media;
mod previews;
mod push;
mod rules;
mod uploads;
mod walk;
