//! Where a case keeps what.

use std::path::{Path, PathBuf};

/// A case's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFolder {
    /// The folder.
    pub path: PathBuf,
}

impl CaseFolder {
    /// The case in this folder.
    #[must_use]
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The first folder, from `from` upward, that holds a case.
    #[must_use]
    pub fn upward(from: &Path) -> Option<Self> {
        from.ancestors().map(Self::at).find(Self::exists)
    }

    /// Whether a case is here.
    #[must_use]
    pub fn exists(&self) -> bool {
        self.settings().is_file() && self.ledger().is_file()
    }

    /// The settings a person edits.
    #[must_use]
    pub fn settings(&self) -> PathBuf {
        self.path.join("tewatashi.toml")
    }

    /// The ledger.
    #[must_use]
    pub fn ledger(&self) -> PathBuf {
        self.path.join("ledger.db")
    }

    /// The documents.
    #[must_use]
    pub fn records(&self) -> PathBuf {
        self.path.join("records")
    }

    /// Forms that the case uses instead of those of the program.
    #[must_use]
    pub fn forms(&self) -> PathBuf {
        self.path.join("forms")
    }

    /// The signing key.
    #[must_use]
    pub fn key(&self) -> PathBuf {
        self.path.join("keys").join("ledger_ed25519")
    }

    /// The key of the fingerprints of files that belong to no bundle.
    #[must_use]
    pub fn fingerprint_key(&self) -> PathBuf {
        self.path.join("keys").join("fingerprint")
    }

    /// What is kept of bundles that were opened.
    #[must_use]
    pub fn opened(&self) -> PathBuf {
        self.path.join("keys").join("opened")
    }
}
