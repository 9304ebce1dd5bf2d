//! What was found in one file: each thing once, and not without end.

use zeroize::Zeroizing;

use super::{LONGEST_VALUE, Name, Property};

/// A file is not told of beyond this.
const MOST: usize = 20;

/// What was found so far.
#[derive(Debug, Default)]
pub struct Found {
    /// In the order of the file.
    pub properties: Vec<Property>,
}

impl Found {
    /// Takes a value that says something.
    pub fn take(&mut self, name: Name, value: &str) {
        let value: String =
            value.trim_matches(|c: char| c.is_whitespace() || c == '\0').chars().take(LONGEST_VALUE).collect();
        let property = Property { name, value: Zeroizing::new(value) };
        if !property.value.is_empty() && self.properties.len() < MOST && !self.properties.contains(&property) {
            self.properties.push(property);
        }
    }
}
