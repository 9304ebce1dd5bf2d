//! How much memory packing and opening take beyond scrypt's: one huge file, and very many small ones.

use std::fs::{self, File};
use std::path::Path;

use crate::cases::OURS;
use crate::run::{Half, clear};
use crate::table::Table;
use crate::workshop::{Workshop, many};

/// Size of the huge file; all of it is a hole.
const HUGE: u64 = 20 << 30;
/// How many small files.
const MANY: u64 = 500_000;
/// What scrypt takes at the work factor of the format.
const SCRYPT: u64 = 256 << 20;

/// Runs the rows.
pub fn run(shop: &Workshop, table: &mut Table) -> Result<(), Box<dyn std::error::Error>> {
    clear(&shop.path("large"))?;
    clear(&shop.path("small"))?;
    let me = std::env::current_exe()?.to_string_lossy().into_owned();
    let mebibytes = |bytes: u64| bytes as f64 / f64::from(1 << 20);
    let seal = |source: &str, to: &str, lock: &str| Half::of([&me, "--child", "seal", source, to, lock]).run();
    let open = |sealed: &str| Half::of([&me, "--child", "open", sealed, "/dev/null", &shop.text("identity")]).run();

    File::create(shop.path("huge"))?.set_len(HUGE)?;
    // Twenty gibibytes of ciphertext lie on a disk: no memory here is sure to hold them.
    let disk = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let sealed = disk.path().join("sealed").to_string_lossy().into_owned();
    File::create(&sealed)?;
    let took = seal(&shop.text("huge"), &sealed, &shop.recipient)?;
    table.bound("memory: pack, 20 GiB sparse", mebibytes(took.peak), 96.0, "MiB");
    let took = seal(&shop.text("huge"), "/dev/null", "passphrase")?;
    let beyond = mebibytes(took.peak) - mebibytes(SCRYPT);
    table.bound("memory: the same with a passphrase, beyond scrypt", beyond, 96.0, "MiB");
    let took = open(&sealed)?;
    table.bound("memory: open, 20 GiB", mebibytes(took.peak), 96.0, "MiB");
    fs::remove_file(&sealed)?;

    many(&shop.path("many"), MANY, 1000, |path| fs::write(path, path.as_os_str().as_encoded_bytes()))?;
    let fresh = shop.text("fresh");
    fs::create_dir_all(&fresh)?;
    let words = [OURS, &shop.text("many"), &shop.recipient, &fresh, &shop.text("home")];
    let took = Half::shell(
        r#"TEWATASHI_HOME="$5" "$1" pack "$2" --recipient "$3" --to "$4" --no-read-back --quiet 2>/dev/null"#,
        &words,
    )
    .run()?;
    table.bound("memory: pack, 500,000 files", mebibytes(took.peak), 200.0, "MiB");
    clear(&shop.path("many"))?;
    let folder = fs::read_dir(Path::new(&fresh))?.next().ok_or("no bundle")??.path();
    let words = [OURS, &folder.to_string_lossy(), &shop.text("identity"), &shop.text("opened"), &shop.text("home")];
    let took =
        Half::shell(r#"TEWATASHI_HOME="$5" "$1" open "$2" --identity "$3" --to "$4" --quiet 2>/dev/null"#, &words)
            .run()?;
    table.bound("memory: open, 500,000 files", mebibytes(took.peak), 200.0, "MiB");
    Ok(())
}
