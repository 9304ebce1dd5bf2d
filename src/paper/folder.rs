//! What a template may take in from the folder it lies in: a logo, an include of its own.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::erase::os;

/// The largest file a template is given. Larger than any logo, and small enough to be held.
pub const MOST: u64 = 16 << 20;

/// What a template may take in, by the end of its name: templates and pictures.
///
/// Attack: a template sent by mail and tried out in the folder where downloads lie, which prints the tables beside it.
const KINDS: [&str; 7] = ["typ", "svg", "png", "jpg", "jpeg", "gif", "webp"];

/// Why a template does not get a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Packages would come from the network.
    Package,
    /// Absolute, with `..`, or in another folder.
    Outside,
    /// Neither a template nor a picture.
    Kind,
    /// A symbolic link.
    Link,
    /// A folder, a device, a pipe.
    NotAFile,
    /// Larger than [`MOST`].
    TooLarge,
}

impl Refusal {
    const ALL: [Self; 6] = [Self::Package, Self::Outside, Self::Kind, Self::Link, Self::NotAFile, Self::TooLarge];

    /// What the typesetter is told; [`Refusal::in_message`] finds it again in what it says then.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Package => "packages are not available to a form",
            Self::Outside => "not in the folder of the form",
            Self::Kind => "neither a template nor a picture",
            Self::Link => "a symbolic link",
            Self::NotAFile => "not a regular file",
            Self::TooLarge => "larger than 16 MiB",
        }
    }

    /// The refusal that a message of the typesetter tells of.
    pub(super) fn in_message(message: &str) -> Option<Self> {
        // It resolves `..` and backslashes itself, and never asks for what they lead to.
        let by_itself = ["would escape the project root", "must not contain a backslash"];
        if by_itself.iter().any(|text| message.contains(text)) {
            return Some(Self::Outside);
        }
        Self::ALL.into_iter().find(|refusal| message.contains(refusal.text()))
    }
}

/// What reading a file came to.
#[derive(Debug)]
pub enum Taken {
    /// Its bytes.
    Bytes(Vec<u8>),
    /// It is not there.
    Missing,
    /// It is not for a template.
    Refused(Refusal),
    /// The system's error.
    Failed(io::Error),
}

/// The folder of a template.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// The folder; links on the way to it are the user's own.
    #[must_use]
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Whether something of this name is there, whatever it is.
    #[must_use]
    pub fn holds(&self, name: &str) -> bool {
        self.path.join(name).symlink_metadata().is_ok()
    }

    /// Reads a file that lies directly in the folder.
    #[must_use]
    pub fn take(&self, name: &str) -> Taken {
        // A colon names another stream of a file, or a drive, on some systems.
        let plain = !name.is_empty() && name != ".." && name != "." && !name.contains(['/', '\\', ':', '\0']);
        if !plain {
            return Taken::Refused(Refusal::Outside);
        }
        let kind = Path::new(name).extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
        if !KINDS.contains(&kind.as_str()) {
            return Taken::Refused(Refusal::Kind);
        }
        read(&self.path.join(name))
    }
}

/// Reads a regular file of bounded size. It is opened without following a link and without waiting for a pipe, and looked
/// at once it is open, so that nothing can be put in its place in between.
pub(super) fn read(path: &Path) -> Taken {
    let linked = || path.symlink_metadata().is_ok_and(|meta| meta.is_symlink());
    let (file, meta) = match os::open_read_known(path) {
        Ok(opened) => opened,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Taken::Missing,
        Err(_) if linked() => return Taken::Refused(Refusal::Link),
        // A socket cannot even be opened.
        Err(_) if path.symlink_metadata().is_ok_and(|meta| !meta.is_file()) => {
            return Taken::Refused(Refusal::NotAFile);
        }
        Err(e) => return Taken::Failed(e),
    };
    if meta.len() > MOST {
        return Taken::Refused(Refusal::TooLarge);
    }
    let mut bytes = Vec::new();
    match file.take(MOST + 1).read_to_end(&mut bytes) {
        Err(e) => Taken::Failed(e),
        // It grew meanwhile.
        Ok(_) if bytes.len() as u64 > MOST => Taken::Refused(Refusal::TooLarge),
        Ok(_) => Taken::Bytes(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_form_takes_templates_and_pictures_of_its_own_folder_alone() {
        let place = tempfile::tempdir().unwrap();
        let inside = place.path().join("forms");
        fs::create_dir_all(inside.join("more")).unwrap();
        fs::write(place.path().join("out.png"), "x").unwrap();
        fs::write(inside.join("logo.PNG"), "x").unwrap();
        fs::write(inside.join("table.csv"), "x").unwrap();
        fs::create_dir(inside.join("folder.png")).unwrap();
        fs::File::create(inside.join("large.png")).unwrap().set_len(MOST + 1).unwrap();
        fs::File::create(inside.join("just.png")).unwrap().set_len(MOST).unwrap();
        let folder = Folder::at(&inside);
        let refused = |name: &str| refusal(&folder, name);
        assert!(matches!(folder.take("logo.PNG"), Taken::Bytes(bytes) if bytes == b"x"));
        assert!(matches!(folder.take("just.png"), Taken::Bytes(_)));
        assert!(matches!(folder.take("gone.png"), Taken::Missing));
        for name in ["", ".", "..", "../out.png", "/etc/passwd", "more/a.typ", "a\\b.png", "C:a.png", "logo.png:b.png"]
        {
            assert_eq!(refused(name), Some(Refusal::Outside), "{name}");
        }
        assert_eq!(refused("table.csv"), Some(Refusal::Kind));
        assert_eq!(refused("folder.png"), Some(Refusal::NotAFile));
        assert_eq!(refused("large.png"), Some(Refusal::TooLarge));
    }

    // Links that any user may make, sockets and pipes are there on Unix alone.
    #[cfg(unix)]
    #[test]
    fn a_form_follows_no_link_and_waits_for_no_pipe() {
        use std::os::unix::fs::symlink;
        let place = tempfile::tempdir().unwrap();
        let inside = place.path().join("forms");
        fs::create_dir(&inside).unwrap();
        fs::write(place.path().join("out.png"), "x").unwrap();
        fs::write(inside.join("logo.PNG"), "x").unwrap();
        symlink("../out.png", inside.join("link.png")).unwrap();
        symlink("nowhere", inside.join("dangling.png")).unwrap();
        symlink("logo.PNG", inside.join("same.png")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(inside.join("socket.png")).unwrap();
        std::process::Command::new("mkfifo").arg(inside.join("pipe.png")).status().unwrap();
        let folder = Folder::at(&inside);
        for name in ["link.png", "dangling.png", "same.png"] {
            assert_eq!(refusal(&folder, name), Some(Refusal::Link), "{name}");
        }
        for name in ["socket.png", "pipe.png"] {
            assert_eq!(refusal(&folder, name), Some(Refusal::NotAFile), "{name}");
        }
    }

    fn refusal(folder: &Folder, name: &str) -> Option<Refusal> {
        match folder.take(name) {
            Taken::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }
}
