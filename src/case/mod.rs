//! The case: the contract, its people and its settings.

pub mod changes;
mod facts;
pub mod mistake;
mod parse;
pub mod people;
mod reader;
pub mod roster;
pub mod settings;
pub mod template;
pub mod words;
