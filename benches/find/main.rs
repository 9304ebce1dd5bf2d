//! `make bench-find`: `find` over many files, beside what stock tools take for the same question, and beside only reading the
//! same bytes. One table, every figure out of one run; the page cache is emptied before each (needs root).
//!
//! `TEWATASHI_BENCH_FILES` (200000) and `TEWATASHI_BENCH_GIB` (20) say how many and how much; `TEWATASHI_BENCH_DIR` where.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// Files in the bundle, each of a size of its own.
const IN_BUNDLE: u64 = 200;
/// One file in so many has the size of one in the bundle, and one in so many of these is a copy.
const FITS: u64 = 10;
const COPIES: u64 = 100;

fn main() {
    let number = |name: &str, default: u64| std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(default);
    let (files, gib) = (number("TEWATASHI_BENCH_FILES", 200_000), number("TEWATASHI_BENCH_GIB", 20));
    let base = std::env::var_os("TEWATASHI_BENCH_DIR").map_or_else(std::env::temp_dir, PathBuf::from);
    let dir = tempfile::tempdir_in(base).expect("a folder to work in");
    let average = (gib << 30) / files;
    let scene = Scene { dir: dir.path().to_owned(), files, average };
    eprintln!("writing {files} files, {gib} GiB, into {}", scene.dir.display());
    let copies = scene.write();
    let ours = scene.find();
    let found = ours.1["counts"]["content"].as_u64().unwrap_or_default();
    assert_eq!(found, copies, "every copy is found, and nothing else");
    let hashed = ours.1["bytes_hashed"].as_u64().unwrap_or_default();
    assert_eq!(ours.1["looked_at"].as_u64(), Some(files));
    let stock = scene.stock("xargs -0 -P \"$(nproc)\" -n 64 sha256sum > sums");
    let read = scene.stock("xargs -0 -P \"$(nproc)\" -n 64 cat > /dev/null");
    let looked = scene.stock("cat > /dev/null");
    println!("{files} files, {gib} GiB; {copies} copies, all found; {:.2} GiB of fitting size", gib_of(hashed));
    println!("{:<44}{:>9}{:>9}", "", "seconds", "ratio");
    for (what, seconds) in [
        ("tewatashi find --all", ours.0),
        ("find -size … | xargs sha256sum, all cores", stock),
        ("find -size … | xargs cat: only reading", read),
        ("find -size …: only looking", looked),
    ] {
        println!("{what:<44}{seconds:>9.1}{:>9.2}", seconds / ours.0);
    }
}

#[allow(clippy::cast_precision_loss, reason = "for people")]
fn gib_of(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 30)
}

struct Scene {
    dir: PathBuf,
    files: u64,
    average: u64,
}

impl Scene {
    /// The size of the n-th file of the bundle: no two have the same.
    fn size(&self, n: u64) -> u64 {
        self.average / 2 + n * (self.average / IN_BUNDLE).max(1) + 1
    }

    /// Content of its own for every seed, as quick to make as to write.
    fn put(path: &Path, size: u64, seed: u64) {
        let mut block = vec![0u8; 64 * 1024];
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        for word in block.chunks_exact_mut(8) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            word.copy_from_slice(&state.to_le_bytes());
        }
        let mut file = File::create(path).expect("a file");
        let mut left = size;
        while left > 0 {
            let most = usize::try_from(left).unwrap_or(usize::MAX).min(block.len());
            file.write_all(&block[..most]).expect("room for it");
            left -= most as u64;
        }
    }

    /// Packs, and fills the folder; returns how many copies are in it.
    fn write(&self) -> u64 {
        let source = self.dir.join("名簿");
        fs::create_dir(&source).expect("a folder");
        fs::create_dir(self.dir.join("medium")).expect("a folder");
        for n in 0..IN_BUNDLE {
            Self::put(&source.join(format!("{n}.csv")), self.size(n), n);
        }
        self.program(&["pack", "名簿", "--to", "medium", "--slip", "slip.txt", "--no-documents", "--no-read-back"]);
        let mut copies = 0;
        for n in 0..self.files {
            let folder = self.dir.join(format!("tree/{}/{}", n % 40, n / 40 % 25));
            if n < 1000 {
                fs::create_dir_all(&folder).expect("a folder");
            }
            let path = folder.join(format!("{n}.dat"));
            if n % FITS != 0 {
                // One byte beside every wanted size.
                Self::put(&path, self.size(n % IN_BUNDLE) + 1, n + IN_BUNDLE);
            } else if (n / FITS).is_multiple_of(COPIES) {
                copies += 1;
                Self::put(&path, self.size(n % IN_BUNDLE), n % IN_BUNDLE);
            } else {
                Self::put(&path, self.size(n % IN_BUNDLE), n + IN_BUNDLE);
            }
        }
        copies
    }

    fn program(&self, words: &[&str]) -> serde_json::Value {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tewatashi"));
        command.args(["--json", "--quiet"]).args(words).current_dir(&self.dir).stderr(Stdio::inherit());
        let output = command.env("TEWATASHI_HOME", self.dir.join("home")).output().expect("the program runs");
        serde_json::from_slice(&output.stdout).expect("one document")
    }

    fn find(&self) -> (f64, serde_json::Value) {
        forget();
        let begun = Instant::now();
        let told = self.program(&["find", "--all", "tree"]);
        (begun.elapsed().as_secs_f64(), told)
    }

    /// What stock tools take to do something with every file of a fitting size.
    fn stock(&self, what: &str) -> f64 {
        let sizes: Vec<String> = (0..IN_BUNDLE).map(|n| format!("-size {}c", self.size(n))).collect();
        let script = format!("find tree -type f \\( {} \\) -print0 | {what}", sizes.join(" -o "));
        forget();
        let begun = Instant::now();
        let status = Command::new("bash").args(["-c", &script]).current_dir(&self.dir).status().expect("bash runs");
        assert!(status.success());
        begun.elapsed().as_secs_f64()
    }
}

/// Empties the page cache, so that every run reads from the disk.
fn forget() {
    let _ = Command::new("sync").status();
    if fs::write("/proc/sys/vm/drop_caches", "3").is_err() {
        eprintln!("the page cache could not be emptied: these figures are of memory, not of the disk");
    }
}
