//! What is never erased, whoever asks: the system, a home folder as a whole, and what this program itself keeps.

use std::collections::HashSet;
use std::io;
use std::path::{Component, Path, PathBuf};

use super::os::facts::{Id, Kind};
use super::os::{self, Folder, Protected};

/// Why a path is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The root of everything, or a folder above what is kept.
    Above,
    /// A home folder itself.
    Home,
    /// The system's own.
    System,
    /// What this program keeps: a case, or the user's data folder.
    Kept,
    /// A link; what it leads to is not erased through it.
    Link,
    /// A device.
    Device,
}

/// What is refused.
pub struct Guard {
    kept: Vec<PathBuf>,
    homes: Vec<PathBuf>,
    /// Everything in what is kept: the same things seen from elsewhere.
    ids: HashSet<Id>,
    /// Folders of the system and homes: what is in them may be erased, they may not.
    whole: HashSet<Id>,
    system: Protected,
}

impl Guard {
    /// Keeps these folders safe, and those of the system. Paths that do not exist need no guard.
    ///
    /// # Errors
    /// What is to be kept cannot be looked through.
    pub fn of(kept: &[PathBuf], homes: &[PathBuf]) -> io::Result<Self> {
        let real = |paths: &[PathBuf]| paths.iter().filter_map(|path| path.canonicalize().ok()).collect::<Vec<_>>();
        let (kept, homes) = (real(kept), real(homes));
        let mut ids = HashSet::new();
        for folder in &kept {
            gather(folder, &mut ids)?;
        }
        // The system mounted a second time; of what is in it only the folders themselves are known by number.
        let system = os::protected();
        let root = system.system.first().and_then(|folder| folder.ancestors().last());
        let folders = system.system.iter().chain(&homes).map(PathBuf::as_path).chain(root);
        let whole = folders.filter_map(id_of).collect();
        Ok(Self { kept, homes, ids, whole, system })
    }

    /// Whether a path may be erased. It is the real one: no link leads to it.
    #[must_use]
    pub fn refuses(&self, path: &Path) -> Option<Refusal> {
        let above = |folder: &PathBuf| folder.starts_with(path) && folder != path;
        if path.components().all(|part| matches!(part, Component::RootDir | Component::Prefix(_))) {
            return Some(Refusal::Above);
        }
        if self.kept.iter().any(|kept| path.starts_with(kept)) {
            return Some(Refusal::Kept);
        }
        if self.homes.iter().any(|home| home == path) {
            return Some(Refusal::Home);
        }
        let open = self.system.open.iter().any(|place| path.starts_with(place));
        let system = self.system.system.iter().any(|folder| path.starts_with(folder)) && !open;
        if system || self.system.whole.iter().any(|folder| folder == path) {
            return Some(Refusal::System);
        }
        self.kept.iter().chain(&self.homes).any(above).then_some(Refusal::Above)
    }

    /// Whether this very file or folder is one of those that are kept.
    ///
    /// Attack: the case is reached under another name, through a second mount of its folder or a hard link to its ledger.
    #[must_use]
    pub fn keeps(&self, id: Id) -> bool {
        self.ids.contains(&id) || self.whole.contains(&id)
    }

    /// Whether a path leads through what is kept, under whatever names.
    #[must_use]
    pub fn keeps_above(&self, path: &Path) -> bool {
        path.ancestors().skip(1).filter_map(id_of).any(|id| self.ids.contains(&id)) || self.keeps_otherwise_spelt(path)
    }

    /// Attack: on a file system that does not tell capitals, `CASE` is the folder `Case`, and some drivers give it another
    /// number. A spelling that its folder does not show is not believed where the rest is that of what is kept.
    fn keeps_otherwise_spelt(&self, path: &Path) -> bool {
        let plain = |path: &Path| PathBuf::from(path.to_string_lossy().to_lowercase());
        let path_plain = plain(path);
        let near = |kept: &&PathBuf| path_plain.starts_with(plain(kept)) && !path.starts_with(kept);
        self.kept.iter().filter(near).any(|kept| {
            let depth = kept.components().count();
            let inside: PathBuf = path.components().take(depth).collect();
            inside.ancestors().any(|part| !is_shown(part))
        })
    }
}

fn id_of(path: &Path) -> Option<Id> {
    Folder::open(path).and_then(|folder| folder.facts()).ok().map(|facts| facts.id)
}

/// Whether a path's own name is one that its folder shows.
fn is_shown(path: &Path) -> bool {
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => {
            Folder::open(parent).and_then(|folder| folder.names()).is_ok_and(|names| names.iter().any(|n| n == name))
        }
        _ => true,
    }
}

fn gather(path: &Path, ids: &mut HashSet<Id>) -> io::Result<()> {
    let mut folders = vec![path.to_owned()];
    while let Some(path) = folders.pop() {
        let folder = Folder::open(&path)?;
        ids.insert(folder.facts()?.id);
        for name in folder.names()? {
            match folder.look(&name) {
                Ok(facts) if facts.kind == Kind::Folder => folders.push(path.join(name)),
                Ok(facts) => {
                    ids.insert(facts.id);
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(())
}

/// The real path of what is to be erased: of the folder it is in, links followed, and its own name, which is not.
///
/// # Errors
/// It does not exist.
pub fn real(path: &Path) -> io::Result<PathBuf> {
    let absolute = std::path::absolute(path)?;
    match (absolute.parent(), absolute.components().next_back()) {
        (Some(parent), Some(Component::Normal(name))) => {
            let real = parent.canonicalize()?.join(name);
            real.symlink_metadata()?;
            Ok(real)
        }
        _ => absolute.canonicalize(),
    }
}

/// The home folders there are: of this user, and where users' homes usually lie.
#[must_use]
pub fn homes() -> Vec<PathBuf> {
    let claimed = ["HOME", "USERPROFILE"].into_iter().filter_map(std::env::var_os).map(PathBuf::from);
    claimed.chain(os::homes()).chain(os::own_home()).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    // The folders of a Unix system.
    #[cfg(unix)]
    #[test]
    fn the_system_and_what_holds_it_are_refused() {
        let guard = Guard::of(&[], &["/root".into()]).unwrap();
        for (path, why) in [
            ("/", Refusal::Above),
            ("/etc", Refusal::System),
            ("/usr/share/doc", Refusal::System),
            ("/dev/sda", Refusal::System),
            ("/var", Refusal::System),
            ("/home", Refusal::System),
            ("/run/media", Refusal::System),
        ] {
            assert_eq!(guard.refuses(Path::new(path)), Some(why), "{path}");
        }
        for path in [
            "/home/tanaka/名簿",
            "/var/tmp/x",
            "/var/spool/cups/d00001-001",
            "/run/media/tanaka/USB",
            "/srv/x",
            "/etcetera",
        ] {
            assert_eq!(guard.refuses(Path::new(path)), None, "{path}");
        }
    }

    #[test]
    fn what_is_kept_is_refused_under_every_name() {
        let dir = tempfile::tempdir().unwrap();
        let top = dir.path().canonicalize().unwrap();
        let case = top.join("案件");
        fs::create_dir_all(case.join("records")).unwrap();
        fs::write(case.join("ledger.db"), "x").unwrap();
        fs::hard_link(case.join("ledger.db"), top.join("also")).unwrap();
        let guard = Guard::of(std::slice::from_ref(&case), &[top.join("home")]).unwrap();
        assert_eq!(guard.refuses(&case), Some(Refusal::Kept));
        assert_eq!(guard.refuses(&case.join("records/x")), Some(Refusal::Kept));
        assert_eq!(guard.refuses(&top), Some(Refusal::Above));
        assert_eq!(guard.refuses(&top.join("案件2")), None);
        let folder = Folder::open(&top).unwrap();
        assert!(guard.keeps(folder.look("also".as_ref()).unwrap().id));
        assert!(guard.keeps(Folder::open(&case.join("records")).unwrap().facts().unwrap().id));
        assert!(!guard.keeps(folder.facts().unwrap().id));
    }

    #[test]
    fn a_path_is_resolved_up_to_its_own_name() {
        let dir = tempfile::tempdir().unwrap();
        let top = dir.path().canonicalize().unwrap();
        fs::create_dir(top.join("a")).unwrap();
        fs::write(top.join("a/f"), "").unwrap();
        assert_eq!(real(&top.join("a/../a")).unwrap(), top.join("a"));
        assert_eq!(real(&top.join("a/f")).unwrap(), top.join("a/f"));
        // On Windows only an administrator may make a link.
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("a", top.join("link")).unwrap();
            assert_eq!(real(&top.join("link/f")).unwrap(), top.join("a/f"));
            assert_eq!(real(&top.join("link")).unwrap(), top.join("link"));
            assert_eq!(real(&top.join("link/")).unwrap(), top.join("link"));
        }
        assert!(real(&top.join("none")).is_err());
    }
}
