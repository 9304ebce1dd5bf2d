//! The bench as its own child: a whole process that packs or opens onto a file that is there already, or works on a ledger.
//!
//! The first touch of fresh memory costs more than the sealing on some machines, and not the same from run to run.
//! Files that a run before has filled take it out of the comparison; the program itself never writes over anything,
//! so these two stand in for it. They call what the commands call.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::SystemTime;

use tewatashi::bundle::{
    BagInfo, Bundle, BundleId, Description, Error, Found, Lock, Moment, Order, Receiver, Secret, Sink, Skip, Sources,
    inspect, seal_into,
};
use tewatashi::passphrase::Passphrase;
use tewatashi::progress::Silent;
use tewatashi::sign::SigningKey;

type Fault = Box<dyn std::error::Error>;

/// `seal SOURCE OUT RECIPIENT|passphrase`, `open SEALED OUT IDENTITY`, or what `ledger` knows.
pub fn run(args: &[String]) -> ExitCode {
    let outcome = match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["seal", source, out, lock] => seal(source, out, lock),
        ["open", sealed, out, identity] => open(sealed, out, identity),
        ref other => crate::ledger::child(other),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("throughput: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn existing(path: &str) -> std::io::Result<File> {
    OpenOptions::new().write(true).open(path)
}

fn broken(path: &Path) -> impl FnOnce(std::io::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::Io { path, source }
}

/// Writes, as the program's own volume writer does; the room hashes by itself.
struct Onto {
    file: File,
    path: PathBuf,
}

impl Sink for Onto {
    fn take(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.file.write_all(bytes).map_err(broken(&self.path))
    }
}

fn seal(source: &str, out: &str, lock: &str) -> Result<(), Fault> {
    let sources = Sources::scan(&[source.into()], &globset::GlobSet::empty(), Skip::default(), &Silent)?;
    let signer = SigningKey::generate()?;
    let passphrase = Passphrase::generate().map_err(|_| "no random bytes")?;
    let recipients = if lock == "passphrase" { Vec::new() } else { vec![lock.parse().map_err(|_| "not a recipient")?] };
    let order = Order {
        sources: &sources,
        id: BundleId::draw("20260101")?,
        created: "2026-01-01T00:00:00+09:00".into(),
        moment: Moment::of(SystemTime::now()),
        lock: if recipients.is_empty() { Lock::Passphrase(&passphrase) } else { Lock::Recipients(&recipients) },
        passphrase: None,
        split: None,
        description: Description::default(),
        signer: &signer,
        ledger_code: None,
        openers: None,
    };
    let file = existing(out)?;
    let sealed = seal_into(&order, &Silent, |_| Ok(Onto { file, path: out.into() }))?;
    std::hint::black_box(sealed.digests);
    Ok(())
}

/// Writes what is inside, one file after the other, into one.
struct Into {
    file: File,
    path: PathBuf,
}

impl Receiver for Into {
    fn bag(&mut self, _: &BagInfo) -> Result<(), Error> {
        Ok(())
    }
    fn entry(&mut self, _: &Found) -> Result<(), Error> {
        Ok(())
    }
    fn data(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.file.write_all(bytes).map_err(broken(&self.path))
    }
    fn close(&mut self) -> Result<(), Error> {
        Ok(())
    }
    fn foreign(&mut self) -> Result<(), Error> {
        Ok(())
    }
}

fn open(sealed: &str, out: &str, identity: &str) -> Result<(), Fault> {
    let bundle = Bundle::locate(Path::new(sealed))?;
    let opening = bundle.begin()?;
    let identities = age::IdentityFile::from_file(identity.to_owned())?.into_identities().map_err(|_| "no identity")?;
    let key = opening.unlock(&Secret::Identities(identities))?;
    inspect(opening, &key, &mut Into { file: existing(out)?, path: out.into() }, &Silent)?;
    Ok(())
}
