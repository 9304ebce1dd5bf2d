//! What is looked for: out of a sealed bundle, or out of what the case keeps of its bundles.

use std::path::Path;

use serde_json::Value;
use zeroize::Zeroizing;

use crate::bundle::{self, BagInfo, Bundle, BundleId, Error, Inside, Proved, Receiver};
use crate::cli::args::SecretArgs;
use crate::cli::context::Context;
use crate::cli::desk::{Desk, Trace};
use crate::cli::failure::Failure;
use crate::cli::opened::{self, Opened};
use crate::cli::{kept, secret, words};
use crate::copies::{Sought, Wanted};
use crate::digest;
use crate::ledger::{Entry, Kind, SubjectType, corrected};

/// Bundles whose copies are looked for.
pub struct Bundles<'d> {
    desk: &'d Desk,
    wanted: Wanted,
    numbers: Vec<String>,
    without_list: Vec<String>,
}

impl<'d> Bundles<'d> {
    /// None yet.
    pub fn new(desk: &'d Desk) -> Self {
        Self { desk, wanted: Wanted::default(), numbers: Vec::new(), without_list: Vec::new() }
    }

    /// What was gathered, and the bundles whose files are not known.
    pub fn done(mut self) -> (Wanted, Vec<String>) {
        self.wanted.settle();
        (self.wanted, self.without_list)
    }

    /// Every bundle that was made or opened here, and the sealed ones the other side told of.
    pub fn all(&mut self, trace: &Trace) -> Result<(), Failure> {
        for known in opened::all(&self.desk.folder) {
            self.add_kept(&known, trace)?;
        }
        self.of_ledger(None, trace)
    }

    /// One of them, by its number.
    pub fn kept(&mut self, number: &BundleId, trace: &Trace) -> Result<(), Failure> {
        if let Some(known) = opened::find(&self.desk.folder, number) {
            self.add_kept(&known, trace)?;
        }
        self.of_ledger(Some(number.as_str()), trace)
    }

    /// What is inside a sealed bundle; nothing of it is written.
    pub fn sealed(&mut self, context: &Context, path: &Path, args: &SecretArgs, trace: &Trace) -> Result<(), Failure> {
        let bundle = Bundle::locate(path).map_err(|e| words::bundle(&e))?;
        kept::bundle(trace, &bundle);
        let opening = crate::cli::open::begin(context, &bundle)?;
        trace.begin()?;
        let key = secret::unlock(context, &opening, args)?;
        let mut inside = InBundle { to: self, index: None };
        let found = bundle::inspect(opening, &key, &mut inside, &context.screen)
            .map_err(|e| words::bundle(&bundle::explain(&bundle, e, &context.screen)))?;
        context.screen.clear();
        let index = inside.index;
        let (Inside::Bag(_), Some((index, _))) = (found, index) else { return Err(words::no_fingerprint_key(path)) };
        for volume in bundle.facts.iter().flat_map(|facts| &facts.volumes) {
            self.add_volume(index, &volume.name, volume.size, &volume.sha256);
        }
        if let Some(folder) = bundle.folder.as_deref().and_then(|folder| folder.canonicalize().ok()) {
            self.wanted.lies_sealed(index, folder);
        }
        Ok(())
    }

    fn add(&mut self, known: &Opened) -> u32 {
        let host = &self.desk.operator.host;
        let here = known.places.iter().filter(|copy| copy.host.as_ref().is_none_or(|other| other == host));
        self.numbers.push(known.bundle.clone());
        self.wanted.bundle(Sought {
            number: known.bundle.clone(),
            key: known.key().unwrap_or_default(),
            places: here.map(|copy| copy.path.clone()).collect(),
        })
    }

    fn add_kept(&mut self, known: &Opened, trace: &Trace) -> Result<(), Failure> {
        let Some(number) = BundleId::parse(&known.bundle) else { return Ok(()) };
        trace.about(SubjectType::Bundle, known.bundle.clone());
        let index = self.add(known);
        for volume in &known.volumes {
            self.add_volume(index, &volume.name, volume.size, &volume.sha256);
        }
        let wanted = &mut self.wanted;
        let listed = opened::files(&self.desk.folder, &number, |name, size, fingerprint| {
            wanted.file(index, name, size, fingerprint);
        });
        if !listed.map_err(|e| words::io(&self.desk.folder.opened(), &e))? {
            self.without_list.push(known.bundle.clone());
        }
        Ok(())
    }

    fn add_volume(&mut self, index: u32, name: &str, size: u64, sha256: &str) {
        if let Some(sha256) = digest::unhex(sha256).and_then(|bytes| bytes.try_into().ok()) {
            self.wanted.volume(index, name, size, sha256);
        }
    }

    /// What the ledger knows of sealed volumes, and of bundles of which nothing else was kept.
    fn of_ledger(&mut self, only: Option<&str>, trace: &Trace) -> Result<(), Failure> {
        let kinds = [Kind::Pack, Kind::Open, Kind::Received];
        for entry in self.desk.look(|ledger| corrected::holding(ledger, &kinds))? {
            let theirs = entry.carried();
            let (entry, own) = theirs.as_ref().map_or((&entry, true), |theirs| (theirs, false));
            let Some(number) = bundle_of(entry).filter(|number| only.is_none_or(|only| only == *number)) else {
                continue;
            };
            let volumes = volumes_of(entry);
            // What was made or opened on the other side alone is not here; its sealed volumes may be.
            if volumes.is_empty() && !own {
                continue;
            }
            let known = self.numbers.iter().position(|known| known == number);
            let index = if let Some(known) = known {
                u32::try_from(known).unwrap_or(u32::MAX)
            } else {
                trace.about(SubjectType::Bundle, number);
                if own {
                    self.without_list.push(number.to_owned());
                }
                self.add(&Opened { bundle: number.to_owned(), ..Opened::default() })
            };
            for (name, size, sha256) in volumes {
                self.add_volume(index, name, size, sha256);
            }
        }
        Ok(())
    }
}

fn bundle_of(entry: &Entry) -> Option<&str> {
    if !(entry.is(Kind::Pack) || entry.is(Kind::Open)) || entry.result != crate::ledger::Outcome::Done {
        return None;
    }
    entry.subjects.iter().find(|subject| subject.kind == SubjectType::Bundle).map(|subject| subject.id.as_str())
}

fn volumes_of(entry: &Entry) -> Vec<(&str, u64, &str)> {
    let volumes = entry.facts.get("volumes").and_then(Value::as_array).into_iter().flatten();
    volumes.filter_map(volume_of).collect()
}

fn volume_of(volume: &Value) -> Option<(&str, u64, &str)> {
    Some((volume.get("name")?.as_str()?, volume.get("size")?.as_u64()?, volume.get("sha256")?.as_str()?))
}

/// Takes the names, sizes and hashes of what is inside, and keeps nothing of the content.
struct InBundle<'b, 'd> {
    to: &'b mut Bundles<'d>,
    index: Option<(u32, Zeroizing<Vec<u8>>)>,
}

impl Receiver for InBundle<'_, '_> {
    fn bag(&mut self, info: &BagInfo) -> Result<(), Error> {
        let places = opened::find(&self.to.desk.folder, &info.id).map(|known| known.places).unwrap_or_default();
        let known = Opened { places, ..Opened::of(info) };
        let key = known.key().ok_or(Error::Sealing)?;
        self.index = Some((self.to.add(&known), key));
        Ok(())
    }

    fn proved(&mut self, _: &BagInfo, file: &Proved) -> Result<(), Error> {
        let Some((index, key)) = &self.index else { return Err(Error::Sealing) };
        self.to.wanted.file(*index, file.path, file.size, digest::keyed(key, file.sha256));
        Ok(())
    }
}
