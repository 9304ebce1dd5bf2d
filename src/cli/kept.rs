//! What the ledger keeps of a bundle: what it is, never a name of what is inside.

use serde_json::json;

use super::desk::Trace;
use crate::bundle::{Bundle, Inside};
use crate::ledger::SubjectType;

/// Names the bundle in the entry, and the code of the sender's ledger that it carries: so each ledger pins the other.
pub fn bundle(trace: &Trace, bundle: &Bundle) {
    if let Some(facts) = &bundle.facts {
        trace.about(SubjectType::Bundle, facts.id.clone());
        trace.fact("header_sha256", facts.encryption.header_sha256.clone());
        trace.fact("sender_code", facts.ledger_code.clone());
    }
}

/// What the ledger keeps of what was inside: no names.
pub fn inside(inside: &Inside) -> serde_json::Value {
    match inside {
        Inside::Bag(c) => json!({ "files": c.files, "folders": c.folders, "bytes": c.bytes, "manifest": true }),
        Inside::Foreign { bytes } => json!({ "files": 1, "bytes": bytes, "manifest": false }),
    }
}
