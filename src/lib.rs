//! tewatashi (手渡し): hand over personal information on media, prove who received it, and end its life.
//!
//! The rooms, and which way the arrows run, are drawn in `docs/architecture.md`.
#![deny(missing_docs)]
// A program that handles personal information does not panic on what it is given.
#![warn(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::todo)]

pub mod audit;
pub mod bundle;
pub mod calendar;
pub mod case;
pub mod checked;
pub mod cli;
pub mod copies;
pub mod counting;
pub mod digest;
pub mod duties;
pub mod era;
pub mod erase;
pub mod home;
pub mod ledger;
pub mod life;
pub mod markup;
pub mod paper;
pub mod passphrase;
pub mod progress;
pub mod properties;
pub mod sign;
pub mod term;
pub mod typed;
pub mod zipped;
