//! The pairs: packing to nowhere and to a file, opening into a file and into a fresh folder.

use std::fs;
use std::io;
use std::path::PathBuf;

use crate::Settings;
use crate::cost::{Costs, Limit};
use crate::run::{Half, Took, clear, median, pairs, there};
use crate::table::Table;
use crate::workshop::Workshop;

/// Our program, built beside the bench.
pub const OURS: &str = env!("CARGO_BIN_EXE_tewatashi");

/// `$1` the folder of the data, `$2` its name, `$3` who seals, `$4` for whom, `$5` where to, neither made nor emptied.
const SEAL: &str = r#"tar -cf - -C "$1" "$2" | "$3" -r "$4" 1<>"$5""#;
/// The same, and the work that we do besides: every file's SHA-256, and the result's.
const HASH_SEAL_HASH: &str = r#"cd "$1" && find "$2" -type f -print0 | xargs -0 sha256sum >"$5.list" &&
    tar -cf - "$2" | "$3" -r "$4" 1<>"$5" && sha256sum "$5" >"$5.sum""#;
/// `$1` who opens, `$2` the identity, `$3` the sealed file, `$4` where all content goes.
const OPEN: &str = r#""$1" -d -i "$2" "$3" | tar -x -O -f - 1<>"$4""#;
/// The same into a new folder.
const OPEN_FRESH: &str = r#"mkdir "$4" && "$1" -d -i "$2" "$3" | tar -x -f - -C "$4""#;

struct Bench<'a> {
    shop: &'a Workshop,
    settings: &'a Settings,
    table: &'a mut Table,
    /// Name of the data: `large` or `small`.
    data: &'static str,
    bytes: u64,
    /// The bench itself, to be started anew.
    me: String,
}

/// Runs all rows on speed.
pub fn run(shop: &Workshop, settings: &Settings, table: &mut Table) -> Result<(), Box<dyn std::error::Error>> {
    let costs = Costs::measure(&shop.path("large"), &shop.path("touched"))?;
    table.note(costs.to_string());
    let me = std::env::current_exe()?.to_string_lossy().into_owned();
    for (data, bytes) in [("large", shop.large), ("small", shop.small)] {
        let mut bench = Bench { shop, settings, table, data, bytes, me: me.clone() };
        bench.pack(&costs)?;
        bench.open(&costs)?;
    }
    scrypt(shop, &me, table)?;
    Ok(())
}

impl Bench<'_> {
    fn wanted(&self, name: &str) -> bool {
        self.settings.wants(&format!("{} {name}", self.data))
    }

    fn place(&self, name: &str) -> (PathBuf, String) {
        (self.shop.path(name), self.shop.text(name))
    }

    /// The bench itself as a child: see `child`.
    fn child(&self, role: &str, from: &str, to: &str, key: &str) -> Half {
        let kept = (to != "/dev/null").then(|| to.into());
        Half { kept, ..Half::of([&self.me, "--child", role, from, to, key]) }
    }

    fn pack(&mut self, costs: &Costs) -> io::Result<()> {
        let (root, data, nowhere) = (self.shop.text(""), self.data, "/dev/null");
        let (source, recipient) = (self.shop.text(data), self.shop.recipient.clone());
        let (_, ours_to) = self.place("sealed-ours");
        let (peer_path, peer_to) = self.place("sealed-peer");
        let ours = |bench: &Self, to: &str| bench.child("seal", &source, to, &recipient);
        let theirs = |line: &str, program: &str, to: &str| Half::shell(line, &[&root, data, program, &recipient, to]);

        let to_nowhere = ours(self, nowhere);
        let limit = costs.pack(false);
        self.row("pack to /dev/null", "rage", Some(1.4), &to_nowhere, &theirs(SEAL, "rage", nowhere), Some(&limit))?;
        self.row("pack to /dev/null, age", "age", None, &to_nowhere, &theirs(SEAL, "age", nowhere), None)?;
        let to_file = ours(self, &ours_to);
        let limit = costs.pack(true);
        self.row("pack to a file", "age", Some(1.0), &to_file, &theirs(SEAL, "age", &peer_to), Some(&limit))?;
        let same_work = theirs(HASH_SEAL_HASH, "age", &peer_to);
        self.row("pack to a file, same work", "age", Some(2.5), &to_file, &same_work, None)?;
        clear(self.shop.path("sealed-ours").as_path())?;

        let (fresh, fresh_to) = self.place("fresh");
        let command = Half {
            fresh: Some(fresh.clone()),
            ..Half::shell(
                r#"mkdir "$4" && TEWATASHI_HOME="$5" "$1" pack "$2" --recipient "$3" --to "$4" --no-read-back --quiet 2>/dev/null"#,
                &[OURS, &source, &recipient, &fresh_to, &self.shop.text("home")],
            )
        };
        let peer = Half { fresh: Some(peer_path.clone()), ..theirs(SEAL, "age", &peer_to) };
        self.row("pack, whole command, fresh file", "age", None, &command, &peer, None)?;
        clear(&fresh)?;
        clear(&peer_path)
    }

    fn open(&mut self, costs: &Costs) -> io::Result<()> {
        if !self.wanted("open into a file") && !self.wanted("open, whole command, fresh folder") {
            return Ok(());
        }
        let (bundle, bundle_text) = self.place("bundle");
        fs::create_dir(&bundle)?;
        let made = Half::shell(
            r#"TEWATASHI_HOME="$5" "$1" pack "$2" --recipient "$3" --to "$4" --no-read-back --quiet 2>/dev/null"#,
            &[OURS, &self.shop.text(self.data), &self.shop.recipient, &bundle_text, &self.shop.text("home")],
        );
        made.run()?;
        let folder = fs::read_dir(&bundle)?.next().ok_or(io::ErrorKind::NotFound)??.path();
        let sealed = folder.join("bundle.age").to_string_lossy().into_owned();
        let identity = self.shop.text("identity");

        let (ours_path, ours_to) = self.place("opened-ours");
        let (peer_path, peer_to) = self.place("opened-peer");
        let into_file = self.child("open", &sealed, &ours_to, &identity);
        let limit = costs.open();
        for (program, limit) in [("age", Some(&limit)), ("rage", None)] {
            let peer = Half::shell(OPEN, &[program, &identity, &sealed, &peer_to]);
            let peer = Half { kept: Some(peer_path.clone()), ..peer };
            let name = if program == "age" { "open into a file" } else { "open into a file, rage" };
            self.row(name, program, Some(1.2), &into_file, &peer, limit)?;
        }
        clear(&ours_path)?;
        clear(&peer_path)?;

        let command = Half {
            fresh: Some(ours_path.clone()),
            ..Half::shell(
                r#"TEWATASHI_HOME="$5" "$1" open "$2" --identity "$3" --to "$4" --quiet 2>/dev/null"#,
                &[OURS, &folder.to_string_lossy(), &identity, &ours_to, &self.shop.text("home")],
            )
        };
        let peer = Half::shell(OPEN_FRESH, &["age", &identity, &sealed, &peer_to]);
        let peer = Half { fresh: Some(peer_path.clone()), ..peer };
        self.row("open, whole command, fresh folder", "age", Some(1.2), &command, &peer, None)?;
        clear(&ours_path)?;
        clear(&peer_path)?;
        clear(&bundle)
    }

    /// Runs the pairs of one row and enters them, unless it is not wanted or a peer is not there.
    fn row(
        &mut self,
        name: &str,
        program: &str,
        demanded: Option<f64>,
        ours: &Half,
        peer: &Half,
        limit: Option<&Limit>,
    ) -> io::Result<()> {
        if !self.wanted(name) {
            return Ok(());
        }
        let case = format!("{} {name}", self.data);
        if let Some(gone) = ["tar", "sha256sum", program].into_iter().find(|p| !there(p)) {
            self.table.missing(&case, gone);
            return Ok(());
        }
        let took = pairs(ours, peer, self.settings.pairs)?;
        let megabytes = self.bytes as f64 / 1e6;
        let middle = |pick: fn(&(Took, Took)) -> f64| median(took.iter().map(pick));
        let (ours, theirs) = (megabytes / middle(|p| p.0.wall), megabytes / middle(|p| p.1.wall));
        let (ours_cpu, theirs_cpu) = (middle(|p| p.0.cpu), middle(|p| p.1.cpu));
        let ratios = || took.iter().map(|(ours, theirs)| theirs.wall / ours.wall);
        let (least, most) = (ratios().fold(f64::MAX, f64::min), ratios().fold(f64::MIN, f64::max));
        let ours_cell = format!("{ours:.0} MB/s ({ours_cpu:.2} s cpu)");
        let peer_cell = format!("{program} {theirs:.0} MB/s ({theirs_cpu:.2} s cpu)");
        self.table.row(&case, ours_cell, peer_cell, ours / theirs, format!("{least:.2}-{most:.2}"), demanded);
        if let Some(limit) = limit {
            self.table.note(limit.share(&case, ours, self.bytes, ours_cpu));
        }
        Ok(())
    }
}

/// What a passphrase adds, once: it does not grow with the data and is no part of any row above.
fn scrypt(shop: &Workshop, me: &str, table: &mut Table) -> io::Result<()> {
    let tiny = shop.path("tiny");
    fs::write(&tiny, b"tiny")?;
    let run = |lock: &str| Half::of([me, "--child", "seal", &shop.text("tiny"), "/dev/null", lock]).run();
    let times = |lock: &str| (0..3).map(|_| run(lock).map(|t| t.wall)).collect::<io::Result<Vec<_>>>();
    let (with, without) = (times("passphrase")?, times(&shop.recipient)?);
    let seconds = median(with.into_iter()) - median(without.into_iter());
    table.note(format!("scrypt for a passphrase, in no row above: {seconds:.2} s"));
    Ok(())
}
