//! The ledger: verifying it beside reading it, finding a bundle in a short and a long one, appending beside a bare insert.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Instant;

use chrono::{DateTime, FixedOffset, Offset, SecondsFormat, Utc};
use rusqlite::{Connection, OpenFlags, params};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tewatashi::ledger::checkpoint::NAMESPACE;
use tewatashi::ledger::tree::{self, Tree};
use tewatashi::ledger::{Claim, Clock, Entry, Head, Kind, Ledger, Operator, Outcome, Subject, SubjectType, entry};
use tewatashi::sign::{self, SigningKey};

use crate::Settings;
use crate::cases::OURS;
use crate::run::{Half, Took, median, pairs};
use crate::table::Table;

type Fault = Box<dyn std::error::Error>;

const ORIGIN: &str = "tewatashi/bench";
/// Entries of the short ledger.
const SHORT: u64 = 1_000;
/// Entries that are made, signed and stored at a time.
const STEP: u64 = 20_000;
/// Bundles that one run looks up, and entries that one run appends.
const LOOKED_UP: u64 = 2_000;
const APPENDED: u64 = 300;
/// Signatures that are checked for the note on them.
const CHECKED: u64 = 5_000;

const READ_ONLY: OpenFlags = OpenFlags::SQLITE_OPEN_READ_ONLY.union(OpenFlags::SQLITE_OPEN_NO_MUTEX);

/// Runs the rows that are wanted.
pub fn run(settings: &Settings, me: &str, table: &mut Table) -> Result<(), Fault> {
    let (verify, history, append) = ("ledger verify", "ledger history", "ledger append");
    if [verify, history].iter().any(|name| settings.wants(name)) {
        // On a disk: two gigabytes are too many for the memory of a small machine.
        let folder = on_disk()?;
        let (long, short) = (folder.path().join("long.db"), folder.path().join("short.db"));
        let begin = Instant::now();
        let made = make(&long, settings.entries)?;
        make(&short, SHORT)?;
        table.note(format!(
            "ledger of {} entries, each with its own checkpoint: {:.0} MB, made in {:.0} s",
            settings.entries,
            std::fs::metadata(&long)?.len() as f64 / 1e6,
            begin.elapsed().as_secs_f64()
        ));
        let (long, short) = (long.to_string_lossy(), short.to_string_lossy());
        if settings.wants(verify) {
            let ours = Half::of([OURS, "ledger", "verify", &long, "--quiet"]);
            let peer = Half::of([me, "--child", "scan", &long]);
            row(
                table,
                verify,
                ("SELECT + SHA-256", 1.0 / 3.0),
                settings.entries,
                &pairs(&ours, &peer, settings.pairs)?,
            );
            signatures(Path::new(&*long), &made, table)?;
        }
        if settings.wants(history) {
            let entries = settings.entries.to_string();
            let ours = Half::of([me, "--child", "history", &long, &entries]);
            let peer = Half::of([me, "--child", "history", &short, &SHORT.to_string()]);
            row(table, history, ("in a short one", 0.5), LOOKED_UP, &pairs(&ours, &peer, settings.pairs)?);
        }
    }
    if settings.wants(append) {
        let folder = on_disk()?;
        let (ours, peer) = (folder.path().join("ours.db"), folder.path().join("peer.db"));
        make(&ours, SHORT)?;
        let ours = Half::of([me, "--child", "append", &ours.to_string_lossy()]);
        let peer = Half::of([me, "--child", "insert", &peer.to_string_lossy()]);
        row(table, append, ("bare INSERT", 1.0 / 1.5), APPENDED, &pairs(&ours, &peer, settings.pairs)?);
    }
    Ok(())
}

/// A folder on the disk that the build is on; `/tmp` may be memory, where a commit costs nothing.
fn on_disk() -> io::Result<TempDir> {
    let place =
        std::env::var_os("TEWATASHI_BENCH_DISK").map_or_else(|| env!("CARGO_TARGET_TMPDIR").into(), PathBuf::from);
    std::fs::create_dir_all(&place)?;
    tempfile::Builder::new().prefix("tewatashi-bench-").tempdir_in(place)
}

fn row(table: &mut Table, case: &str, (peer, demanded): (&str, f64), count: u64, took: &[(Took, Took)]) {
    let middle = |pick: fn(&(Took, Took)) -> f64| median(took.iter().map(pick));
    let each = |seconds: f64| seconds * 1e6 / count as f64;
    let cell = |wall: f64, cpu: f64| format!("{:.2} µs each ({cpu:.2} s cpu)", each(wall));
    let ours = cell(middle(|p| p.0.wall), middle(|p| p.0.cpu));
    let theirs = format!("{peer} {}", cell(middle(|p| p.1.wall), middle(|p| p.1.cpu)));
    let ratios = || took.iter().map(|(ours, theirs)| theirs.wall / ours.wall);
    let (least, most) = (ratios().fold(f64::MAX, f64::min), ratios().fold(f64::MIN, f64::max));
    table.row(case, ours, theirs, median(ratios()), format!("{least:.2}-{most:.2}"), Some(demanded));
}

/// What `--full` adds: how many signatures one core checks.
fn signatures(ledger: &Path, key: &SigningKey, table: &mut Table) -> Result<(), Fault> {
    let db = Connection::open_with_flags(ledger, READ_ONLY)?;
    let mut statement = db.prepare("SELECT size, root, signature FROM checkpoints ORDER BY size LIMIT ?1")?;
    let rows = statement.query_map([CHECKED.cast_signed()], |row| {
        Ok((Head { size: row.get::<_, i64>(0)?.unsigned_abs(), root: row.get(1)? }, row.get::<_, String>(2)?))
    })?;
    let rows: Vec<(Head, String)> = rows.collect::<Result<_, _>>()?;
    let (line, begin) = (key.public_line(), Instant::now());
    for (head, signature) in &rows {
        sign::verify(&line, NAMESPACE, head.body(ORIGIN).as_bytes(), signature)?;
    }
    let each = rows.len() as f64 / begin.elapsed().as_secs_f64();
    table.note(format!("signatures, in no row above: {each:.0} in a second on one core; --full checks all of them"));
    Ok(())
}

/// The other halves of pairs, each a process of its own.
pub fn child(args: &[&str]) -> Result<(), Fault> {
    match args {
        ["scan", path] => scan(Path::new(path)),
        ["history", path, entries] => history(Path::new(path), entries.parse()?),
        ["append", path] => append(Path::new(path)),
        ["insert", path] => insert(Path::new(path)),
        // For whoever takes a profile.
        ["make", path, entries] => make(Path::new(path), entries.parse()?).map(drop),
        _ => Err("unknown role".into()),
    }
}

/// The least that any check of all entries does.
fn scan(path: &Path) -> Result<(), Fault> {
    let db = Connection::open_with_flags(path, READ_ONLY)?;
    let mut statement = db.prepare("SELECT number, body FROM entries ORDER BY number")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        std::hint::black_box(row.get::<_, i64>(0)?);
        std::hint::black_box(Sha256::digest(row.get_ref(1)?.as_bytes()?));
    }
    Ok(())
}

/// Bundles from all over the ledger, one after the other.
fn history(path: &Path, entries: u64) -> Result<(), Fault> {
    let ledger = Ledger::open_to_read(path)?;
    let lives = (entries - 1) / LIFE;
    for at in 0..LOOKED_UP {
        let found = ledger.history(&bundle(at * 7919 % lives))?;
        if found.len() as u64 != LIFE {
            return Err("a bundle without its life".into());
        }
    }
    Ok(())
}

fn append(path: &Path) -> Result<(), Fault> {
    let key = SigningKey::generate()?;
    let (mut ledger, _) = Ledger::open(path)?;
    for _ in 0..APPENDED {
        ledger.append(Some(&key), |number| entry_at(number, &key))?;
    }
    Ok(())
}

fn insert(path: &Path) -> Result<(), Fault> {
    let key = SigningKey::generate()?;
    let db = Connection::open(path)?;
    db.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    db.pragma_update(None, "synchronous", "FULL")?;
    db.execute("CREATE TABLE IF NOT EXISTS entries (number INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT", [])?;
    let mut statement = db.prepare("INSERT INTO entries (body) VALUES (?1)")?;
    for number in 0..APPENDED {
        statement.execute([entry_at(number + 2, &key).canonical()?])?;
    }
    Ok(())
}

/// Entries in the life of a bundle: packing begun and done, verified, opening begun and done.
const LIFE: u64 = 5;

fn bundle(life: u64) -> String {
    format!("TW-20261121-{life:08}")
}

/// The entry of a number, as the program would write it: the first makes the ledger, the rest are lives of bundles.
fn entry_at(number: u64, key: &SigningKey) -> Entry {
    let (life, step) = ((number.saturating_sub(2)) / LIFE, (number.saturating_sub(2)) % LIFE);
    let name = bundle(life);
    let medium = format!("USB-{:03}", life % 200);
    let hash = tewatashi::digest::hex(&Sha256::digest(&name).into());
    let (kind, result, facts) = match (number, step) {
        (1, _) => {
            (Kind::Init, Outcome::Done, json!({ "origin": ORIGIN, "key": key.public_line().trim(), "settings": {} }))
        }
        (_, 0) => (Kind::Pack, Outcome::Begun, json!({})),
        (_, 1) => (Kind::Pack, Outcome::Done, packed(&hash, number - 1)),
        (_, 2) => (
            Kind::Verify,
            Outcome::Done,
            json!({
                "checked": ["volumes_present", "age_header", "header_sha256", "signature", "volume_sizes", "volume_sha256"],
                "header_sha256": hash, "sender_code": null, "signer": { "fingerprint": FINGERPRINT, "known": true },
            }),
        ),
        (_, 3) => (Kind::Open, Outcome::Begun, json!({})),
        _ => (
            Kind::Open,
            Outcome::Done,
            json!({
                "begun": number - 1, "bytes": 100_256, "files": 15, "folders": 6, "header_sha256": hash, "manifest": true,
                "sender_code": null, "signer": { "fingerprint": FINGERPRINT, "known": true },
            }),
        ),
    };
    let subjects = match kind {
        Kind::Init => vec![],
        Kind::Pack => vec![Subject::new(SubjectType::Bundle, name), Subject::new(SubjectType::Medium, medium)],
        _ => vec![Subject::new(SubjectType::Bundle, name)],
    };
    let Value::Object(facts) = facts else { unreachable!("an object above") };
    Entry {
        v: entry::VERSION,
        number,
        time: time_of(number),
        clock: Clock { source: "system".into(), synchronised: Some(true) },
        operator: Operator {
            name: "架空花子".into(),
            staff: Some("P-001".into()),
            by: Claim::Mapping,
            os_user: "hanako".into(),
            host: "desk-01".into(),
        },
        kind: kind.text(),
        subjects,
        result,
        facts,
    }
}

/// A second after the entry before.
fn time_of(number: u64) -> String {
    let japan = FixedOffset::east_opt(9 * 3600).unwrap_or_else(|| Utc.fix());
    let time = DateTime::from_timestamp(BEGIN + number.cast_signed(), 0).unwrap_or_default();
    time.with_timezone(&japan).to_rfc3339_opts(SecondsFormat::Millis, false)
}

/// 2026-04-01T00:00:00Z.
const BEGIN: i64 = 1_775_001_600;
const FINGERPRINT: &str = "SHA256:uetm0W3dL3Eft6zU2dG5RDVEy/paATuFKmxiOyGTSyQ";

fn packed(hash: &str, begun: u64) -> Value {
    json!({
        "begun": begun, "title": "発送名簿", "items": ["氏名", "住所"], "subjects": 200, "files": 15, "folders": 6,
        "bytes": 100_256, "created": "2026-11-21T09:00:00+09:00", "read_back": "established", "passphrase": "generated",
        "volumes": [{ "name": "bundle.age", "size": 145_110, "sha256": hash }], "header_sha256": hash,
        "opening_code_sha256": hash, "signer": FINGERPRINT, "tool": "tewatashi 0.1.0", "ledger_code": CODE,
    })
}

/// Stands for the code of the head before; [`make`] puts the true one in.
const CODE: &str = "CODE";

/// A ledger of so many entries, each with its own checkpoint, as if one command after another had written it, but in one
/// transaction. That it is a true one is shown by verifying it.
fn make(path: &Path, entries: u64) -> Result<SigningKey, Fault> {
    let key = SigningKey::generate()?;
    Ledger::create(path, ORIGIN)?;
    let mut db = Connection::open(path)?;
    db.pragma_update(None, "synchronous", "OFF")?;
    db.pragma_update(None, "cache_size", -200_000)?;
    let change = db.transaction()?;
    let mut tree = Tree::default();
    let mut mentions: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    while tree.size() < entries {
        let last = (tree.size() + STEP).min(entries);
        let mut made: Vec<(String, Head)> = Vec::new();
        for number in tree.size() + 1..=last {
            let mut entry = entry_at(number, &key);
            if let Some(code) = entry.facts.get_mut("ledger_code") {
                *code = Head::of(&tree).code().to_string().into();
            }
            for term in entry.terms() {
                mentions.entry(term).or_default().push(number);
            }
            let body = entry.canonical()?;
            tree.push(tree::leaf(body.as_bytes()));
            made.push((body, Head::of(&tree)));
        }
        let signed: Vec<String> = thread::scope(|scope| {
            let sign = |part: &[(String, Head)]| -> Vec<_> {
                part.iter().map(|(_, head)| key.sign(NAMESPACE, head.body(ORIGIN).as_bytes())).collect()
            };
            let parts: Vec<_> =
                made.chunks(made.len().div_ceil(cores)).map(|part| scope.spawn(move || sign(part))).collect();
            parts.into_iter().flat_map(|part| part.join().unwrap_or_default()).collect::<Result<_, _>>()
        })?;
        let mut entry = change.prepare_cached("INSERT INTO entries (number, body) VALUES (?1, ?2)")?;
        let mut checkpoint = change.prepare_cached("INSERT INTO checkpoints VALUES (?1, ?2, ?3, ?4)")?;
        let fingerprint = key.fingerprint();
        for ((body, head), signature) in made.iter().zip(signed) {
            entry.execute(params![head.size.cast_signed(), body])?;
            checkpoint.execute(params![head.size.cast_signed(), head.root, fingerprint, signature])?;
        }
    }
    let mut mention = change.prepare("INSERT INTO mentions VALUES (?1, ?2)")?;
    for (term, numbers) in &mentions {
        for number in numbers {
            mention.execute(params![term, number.cast_signed()])?;
        }
    }
    drop(mention);
    change.execute("UPDATE head SET size = ?1, edge = ?2", params![tree.size().cast_signed(), tree.edge()])?;
    change.commit()?;
    Ok(key)
}
