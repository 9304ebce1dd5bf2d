//! The case: the contract, its people and its settings.

pub mod changes;
pub mod mistake;
mod parse;
mod reader;
pub mod settings;
pub mod template;
pub mod words;
