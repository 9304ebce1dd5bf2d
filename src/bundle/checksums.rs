//! `checksums.sha256`: what `sha256sum -c` checks, for a desk that has nothing else.

use sha2::{Digest, Sha256};

use super::bag;
use super::facts::Facts;

/// The file's name.
pub const NAME: &str = "checksums.sha256";

/// The list over the volumes and the other public files.
pub(super) fn render(facts: &Facts, public: &[(&'static str, Vec<u8>)]) -> String {
    let mut out = String::new();
    for volume in &facts.volumes {
        out.push_str(&format!("{}  {}\n", volume.sha256, volume.name));
    }
    for (name, content) in public {
        out.push_str(&bag::manifest_line(&Sha256::digest(content).into(), name));
    }
    out
}
