//! The folder in memory that everything is made in, and removed with.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use age::secrecy::ExposeSecret;
use tempfile::TempDir;

/// Bytes of one of the small files.
pub const SMALL: u64 = 16 * 1024;
/// Small files in one folder.
const IN_FOLDER: u64 = 100;

/// Data, keys and places.
pub struct Workshop {
    folder: TempDir,
    /// The one large file; its size.
    pub large: u64,
    /// Bytes of all small files.
    pub small: u64,
    /// The X25519 recipient; its identity is in the file `identity`.
    pub recipient: String,
}

impl Workshop {
    /// Makes the data.
    pub fn set_up(large: u64, files: u64) -> io::Result<Self> {
        let place = std::env::var_os("TEWATASHI_BENCH_DIR").map_or_else(|| PathBuf::from("/dev/shm"), PathBuf::from);
        let folder = tempfile::Builder::new().prefix("tewatashi-bench-").tempdir_in(place)?;
        let identity = age::x25519::Identity::generate();
        fs::write(folder.path().join("identity"), identity.to_string().expose_secret())?;
        let recipient = identity.to_public().to_string();
        let this = Self { folder, large, small: files * SMALL, recipient };
        fs::create_dir(this.path("home"))?;
        let mut noise = Noise(0x7465_7761_7461_7368);
        noise.write(&this.path("large"), large)?;
        many(&this.path("small"), files, IN_FOLDER, |path| noise.write(path, SMALL))?;
        Ok(this)
    }

    /// A place in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The same as text, for command lines.
    pub fn text(&self, name: &str) -> String {
        self.path(name).to_string_lossy().into_owned()
    }
}

/// Makes so many files in folders below `root`.
pub fn many(root: &Path, files: u64, in_folder: u64, mut make: impl FnMut(&Path) -> io::Result<()>) -> io::Result<()> {
    for number in 0..files {
        let folder = root.join(format!("folder-{:05}", number / in_folder));
        if number % in_folder == 0 {
            fs::create_dir_all(&folder)?;
        }
        make(&folder.join(format!("record-{number:06}.dat")))?;
    }
    Ok(())
}

/// Bytes that no compressor shortens, the same in every run.
struct Noise(u64);

impl Noise {
    fn write(&mut self, path: &Path, mut left: u64) -> io::Result<()> {
        let mut file = File::create(path)?;
        let mut block = vec![0; 1 << 20];
        while left > 0 {
            let now = block.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            for word in block[..now].chunks_mut(8) {
                // xorshift64
                self.0 ^= self.0 << 13;
                self.0 ^= self.0 >> 7;
                self.0 ^= self.0 << 17;
                word.copy_from_slice(&self.0.to_le_bytes()[..word.len()]);
            }
            file.write_all(&block[..now])?;
            left -= now as u64;
        }
        Ok(())
    }
}
