//! The case.
pub mod mistake;
mod parse;
mod reader;
pub mod settings;
mod text;
pub mod words;
