use std::fs;
#[cfg(unix)]
use std::os::unix::fs::{PermissionsExt, symlink};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use sha2::{Digest, Sha256};
use tempfile::TempDir;
use zeroize::Zeroizing;

use super::*;
use crate::copies::Sought;
use crate::digest;
use crate::progress::Silent;

const KEY: [u8; 32] = [5; 32];

/// A folder, and what is looked for in it.
struct Scene {
    dir: TempDir,
    wanted: Wanted,
}

impl Scene {
    /// With files of a bundle that are not there yet: names and contents.
    fn of(files: &[(&str, &[u8])]) -> Self {
        let mut wanted = Wanted::default();
        let sought = Sought { number: "TW-1".to_owned(), key: Zeroizing::new(KEY.to_vec()), places: Vec::new() };
        let bundle = wanted.bundle(sought);
        for (name, content) in files {
            let sha256 = Sha256::digest(content).into();
            wanted.file(bundle, name, content.len() as u64, digest::keyed(&KEY, &sha256));
        }
        wanted.settle();
        Self { dir: tempfile::tempdir().unwrap(), wanted }
    }

    fn file(&self, name: &str, content: &[u8]) {
        let path = self.dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn looked(&self, progress: &dyn Progress) -> Report {
        let starts = Start::all(&[self.dir.path().to_owned()]).unwrap();
        look(&starts, &self.wanted, progress)
    }

    fn below(&self, path: &Path) -> String {
        path.strip_prefix(self.dir.path()).unwrap().to_str().unwrap().replace(std::path::MAIN_SEPARATOR, "/")
    }

    fn names(&self, report: &Report) -> Vec<(String, Why)> {
        report.found.iter().map(|found| (self.below(&found.path), found.why)).collect()
    }
}

#[test]
fn renamed_copies_are_found_and_others_of_the_same_size_are_not() {
    let scene = Scene::of(&[("名簿.csv", b"0123456789")]);
    scene.file("a/b/c/other name", b"0123456789");
    scene.file("a/same size", b"9876543210");
    scene.file("a/longer", b"0123456789x");
    // On Windows only an administrator may make a link.
    #[cfg(unix)]
    {
        symlink("b", scene.dir.path().join("a/link")).unwrap();
        symlink("..", scene.dir.path().join("a/loop")).unwrap();
    }
    let report = scene.looked(&Silent);
    assert_eq!(scene.names(&report), [("a/b/c/other name".to_owned(), Why::Content)]);
    assert_eq!((report.looked_at, report.hashed, report.bytes_hashed), (3, 2, 20));
    assert!(report.unread.is_empty() && !report.cancelled, "{report:?}");
}

#[test]
fn a_file_of_several_names_is_read_once_and_told_under_each() {
    let scene = Scene::of(&[("a", b"0123456789")]);
    scene.file("one/x", b"0123456789");
    for n in 0..20 {
        fs::create_dir_all(scene.dir.path().join(format!("d{n}"))).unwrap();
        fs::hard_link(scene.dir.path().join("one/x"), scene.dir.path().join(format!("d{n}/y"))).unwrap();
    }
    let report = scene.looked(&Silent);
    assert_eq!((report.found.len(), report.looked_at, report.hashed), (21, 21, 1));
}

#[test]
fn more_files_than_may_wait_are_all_read() {
    let scene = Scene::of(&[("a", b"0123456789")]);
    for n in 0..2000 {
        let content = if n % 10 == 0 { b"0123456789" } else { b"xxxxxxxxxx" };
        scene.file(&format!("{}/{n}", n % 3), content);
    }
    let report = scene.looked(&Silent);
    assert_eq!((report.found.len(), report.looked_at, report.hashed), (200, 2000, 2000));
}

#[test]
fn given_folders_that_lie_in_each_other_are_looked_through_once() {
    let scene = Scene::of(&[("a", b"0123456789")]);
    scene.file("in/x", b"0123456789");
    // On Windows only an administrator may make a link: the same folder, given twice.
    let link = scene.dir.path().join(if cfg!(unix) { "link" } else { "in" });
    #[cfg(unix)]
    symlink("in", &link).unwrap();
    let starts = Start::all(&[scene.dir.path().join("in"), link, scene.dir.path().to_owned()]).unwrap();
    assert_eq!(look(&starts, &scene.wanted, &Silent).found.len(), 1);
    let file = scene.dir.path().join("in/x");
    assert!(matches!(Start::all(&[file]), Err(Error::NotAFolder(_))));
    assert!(matches!(Start::all(&[scene.dir.path().join("none")]), Err(Error::Io(..))));
}

#[test]
fn recycle_bins_are_asked_for_the_names_that_things_had() {
    let scene = Scene::of(&[("名簿.xlsx", b"0123456789"), ("other.xlsx", b"else")]);
    let units: Vec<u16> = "C:\\Users\\a\\名簿.xlsx\0".encode_utf16().collect();
    let mut record = [2u64.to_le_bytes(), 3u64.to_le_bytes(), [0; 8]].concat();
    record.extend(u32::try_from(units.len()).unwrap().to_le_bytes());
    record.extend(units.into_iter().flat_map(u16::to_le_bytes));
    scene.file("$RECYCLE.BIN/S-1-5/$IAAAAAA.xlsx", &record);
    scene.file("$RECYCLE.BIN/S-1-5/$RAAAAAA.xlsx", b"changed since");
    scene.file("$RECYCLE.BIN/S-1-5/$RBBBBBB.xlsx", b"nobody says what it was");
    scene.file(".Trash-1000/info/x.trashinfo", "[Trash Info]\nPath=/a/名簿.xlsx\n".as_bytes());
    scene.file(".Trash-1000/files/x", b"0123456789");
    let report = scene.looked(&Silent);
    let found: Vec<_> = report.found.iter().map(|found| (scene.below(&found.path), found.leftover)).collect();
    let expected = [
        ("$RECYCLE.BIN/S-1-5/$IAAAAAA.xlsx", Some(Leftover::RecycleBin)),
        ("$RECYCLE.BIN/S-1-5/$RAAAAAA.xlsx", Some(Leftover::RecycleBin)),
        // Its content is that of the file: that is said, and not where it lies.
        (".Trash-1000/files/x", None),
        (".Trash-1000/info/x.trashinfo", Some(Leftover::Trash)),
    ];
    assert_eq!(found, expected.map(|(name, leftover)| (name.to_owned(), leftover)));
}

// A name that is no text is made of other parts on Windows, and wine knows none; a terabyte of holes is ext4's.
#[cfg(unix)]
#[test]
fn names_that_are_no_text_and_huge_holes_do_no_harm() {
    use std::os::unix::ffi::OsStrExt as _;
    let scene = Scene::of(&[("a", b"0123456789")]);
    let name = std::ffi::OsStr::from_bytes(b"\xff\xfe");
    fs::write(scene.dir.path().join(name), b"0123456789").unwrap();
    fs::File::create(scene.dir.path().join("hole")).unwrap().set_len(1 << 40).unwrap();
    let report = scene.looked(&Silent);
    assert_eq!((report.found.len(), report.hashed, report.bytes_hashed), (1, 1, 10));
    assert_eq!(report.found[0].path, scene.dir.path().join(name));
}

/// Says stop after some files.
struct Stops(AtomicU64);

impl Progress for Stops {
    fn stage(&self, _: Stage, _: u64) {}
    fn advance(&self, _: u64) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
    fn cancelled(&self) -> bool {
        self.0.load(Ordering::SeqCst) > 5
    }
}

#[test]
fn it_can_be_stopped() {
    let scene = Scene::of(&[("a", b"0123456789")]);
    for n in 0..500 {
        scene.file(&format!("{n}/x"), b"0123456789");
    }
    let report = scene.looked(&Stops(AtomicU64::new(0)));
    assert!(report.cancelled && report.hashed < 500, "{report:?}");
}

/// Somebody works in the folder meanwhile: files and folders come and go, and every one that stayed is found.
#[test]
fn what_vanishes_meanwhile_is_told_and_stops_nothing() {
    let scene = Scene::of(&[("a", b"0123456789")]);
    for n in 0..300 {
        scene.file(&format!("stays/{n}/x"), b"0123456789");
    }
    let (root, over) = (scene.dir.path().join("goes"), AtomicBool::new(false));
    fs::create_dir(&root).unwrap();
    thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::SeqCst) {
                for n in 0..50 {
                    let folder = root.join(n.to_string());
                    fs::create_dir(&folder).unwrap();
                    fs::write(folder.join("x"), b"0123456789").unwrap();
                }
                for n in 0..50 {
                    // Windows removes nothing that somebody has open at that moment.
                    while root.join(n.to_string()).exists() {
                        let gone = fs::remove_dir_all(root.join(n.to_string()));
                        if cfg!(unix) {
                            gone.unwrap();
                        }
                    }
                }
            }
        });
        let mut vanished = 0;
        // Until it happened: a race of two real programs.
        for _ in 0..500 {
            let report = scene.looked(&Silent);
            let stayed = report.found.iter().filter(|found| found.path.starts_with(scene.dir.path().join("stays")));
            assert_eq!(stayed.count(), 300);
            let odd = report.unread.iter().find(|unread| !matches!(unread.reason, WhyNot::Vanished | WhyNot::Changed));
            assert_eq!(odd, None);
            vanished += report.unread.len();
            if vanished > 0 {
                break;
            }
        }
        over.store(true, Ordering::SeqCst);
        assert!(vanished > 0, "nothing vanished in five hundred runs");
    });
}

#[test]
fn a_link_put_in_a_folders_place_is_not_followed() {
    let scene = Scene::of(&[("a", b"0123456789")]);
    scene.file("outside/x", b"0123456789");
    fs::create_dir(scene.dir.path().join("in")).unwrap();
    let walk = Walk {
        starts: &[Start { real: scene.dir.path().join("in"), shown: "in".into() }],
        wanted: &scene.wanted,
        progress: &Silent,
        queue: Queue::new(),
        linked: Mutex::default(),
    };
    let facts = Folder::open(&scene.dir.path().join("outside")).unwrap().facts().unwrap();
    let job = FolderJob { start: 0, below: PathBuf::new(), id: facts.id, mount: facts.mount };
    let mut report = Report::default();
    walk.list(&job, &mut report, &mut [0; 16]);
    assert_eq!(report.unread, [Unread { path: "in".into(), reason: WhyNot::Changed }], "another folder stands there");
    // On Windows only an administrator may make a link.
    #[cfg(unix)]
    {
        fs::remove_dir(scene.dir.path().join("in")).unwrap();
        symlink("outside", scene.dir.path().join("in")).unwrap();
        let mut report = Report::default();
        walk.list(&job, &mut report, &mut [0; 16]);
        assert!(report.found.is_empty() && report.unread[0].reason == WhyNot::Changed, "{report:?}");
    }
}

// On Windows a setting of the computer says whether they are kept at all.
#[cfg(unix)]
#[test]
fn times_of_last_access_stay() {
    let scene = Scene::of(&[("a", b"0123456789")]);
    scene.file("x", b"0123456789");
    let path = scene.dir.path().join("x");
    let long_ago = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    fs::File::open(&path).unwrap().set_times(fs::FileTimes::new().set_accessed(long_ago)).unwrap();
    fs::set_permissions(&path, PermissionsExt::from_mode(0o400)).unwrap();
    assert_eq!(scene.looked(&Silent).found.len(), 1);
    assert_eq!(fs::metadata(&path).unwrap().accessed().unwrap(), long_ago);
}
