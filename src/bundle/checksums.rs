//! `checksums.sha256`: what `sha256sum -c` checks, for a desk that has nothing else.

use sha2::{Digest, Sha256};

use super::bag;
use super::facts::Facts;

/// The file's name.
pub const NAME: &str = "checksums.sha256";

/// The list over the volumes, the programs beside them and the other public files.
pub(super) fn render(facts: &Facts, public: &[(&'static str, Vec<u8>)]) -> String {
    let volumes = facts.volumes.iter().map(|v| format!("{}  {}\n", v.sha256, v.name));
    let public = public.iter().map(|(name, content)| bag::manifest_line(&Sha256::digest(content).into(), name));
    let openers = facts.openers.iter().map(|o| format!("{}  {}\n", o.sha256, o.name));
    volumes.chain(openers).chain(public).collect()
}
