//! Erasing through the program, and reading what it said.

#![allow(dead_code)] // each test file uses a part

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::desk::Run;
use crate::loopfs::LoopFs;
use crate::office::Office;
use crate::residue::{self, FOLDERS, Noise, Planted, Residue, number_of};

/// Erases as a script would, `words` standing before the paths.
pub fn erase<P: AsRef<OsStr>>(office: &Office, words: &str, paths: impl IntoIterator<Item = P>) -> Run {
    let mut command = office.command(&format!("--json --yes erase {words}"));
    Run::of(command.arg("--").args(paths))
}

/// What was said of an erasure.
#[derive(Debug)]
pub struct Told {
    /// The exit code.
    pub code: i32,
    /// The document.
    pub json: Value,
}

impl Told {
    /// What a run said. It must have done something: a refusal says nothing of items.
    #[track_caller]
    pub fn by(run: &Run) -> Self {
        let json = run.json();
        assert!(json["items"].is_array(), "{run:?}");
        Self { code: run.code, json }
    }

    /// The items, one for each path that there was.
    pub fn items(&self) -> &[Value] {
        self.json["items"].as_array().unwrap()
    }

    /// The item of a path.
    #[track_caller]
    pub fn item(&self, wanted: &Path) -> &Value {
        let mut found = self.items().iter().filter(|item| path(item) == wanted);
        let item = found.next().unwrap_or_else(|| panic!("{} is not among {:#}", wanted.display(), self.json));
        assert_eq!(found.next(), None, "told twice");
        item
    }

    /// The items of marked files, by their numbers.
    pub fn marked(&self) -> BTreeMap<u32, &Value> {
        let files = self.items().iter().filter(|item| item["kind"] == "file");
        files.filter_map(|item| Some((number_of(&path(item))?, item))).collect()
    }

    /// This path has this result and, when it is given, this reason.
    #[track_caller]
    pub fn is(&self, path: &Path, wanted: &str, reason: &str) -> &Value {
        let item = self.item(path);
        assert_eq!(result(item), wanted, "{item}");
        assert!(reason.is_empty() || has(item, "reasons", reason), "{reason}: {item}");
        item
    }

    /// The result is that of the items, and so is the exit code.
    #[track_caller]
    pub fn agrees_with_itself(&self) {
        let of = |wanted: &str| self.items().iter().filter(|item| result(item) == wanted).count();
        let (erased, all) = (of("erased"), self.items().len());
        let wanted = if erased == all { ("erased", 0) } else { ("", 3) };
        assert_eq!(self.code, wanted.1, "{:#}", self.json);
        assert_eq!(self.json["result"] == "erased", erased == all, "{:#}", self.json);
        for item in self.items().iter().filter(|item| result(item) != "erased") {
            assert_ne!(item["reasons"], Value::Array(vec![]), "{item}");
        }
    }

    /// Everything was erased.
    #[track_caller]
    pub fn all_erased(&self) {
        for item in self.items() {
            assert_eq!(result(item), "erased", "{item}");
        }
        self.agrees_with_itself();
    }

    /// Whatever was said of marked files holds against the image: nothing erased has content there, and no name or
    /// attribute that was not told.
    #[track_caller]
    pub fn holds_against(&self, residue: &Residue, planted: &[Planted]) {
        let files = self.marked();
        for planted in planted {
            let item = files.get(&planted.number).unwrap_or_else(|| panic!("{planted:?} is not among the items"));
            if result(item) == "erased" {
                assert_eq!(residue.data.get(&planted.number), None, "said to be erased: {item}");
                assert!(item["read_back"].as_u64().unwrap() >= planted.size, "{item}");
            }
        }
        self.folders_hold_against(residue);
        for item in self.items().iter().filter(|item| result(item) == "erased") {
            let Some(number) = number_of(&path(item)) else { continue };
            let names = residue.names.contains(&number) && !has(item, "may_remain", "names");
            let attributes = residue.attributes.contains(&number) && !has(item, "may_remain", "attributes");
            assert!(!names && !attributes, "its name or attributes remain: {item}");
        }
    }
}

impl Told {
    /// A folder that goes with its contents is no item of its own: what remains of it is told with what was in it.
    #[track_caller]
    fn folders_hold_against(&self, residue: &Residue) {
        let inside = |folder: u32, code: &str| {
            let below = |item: &Value| path(item).parent().and_then(number_of) == Some(folder);
            self.items().iter().any(|item| below(item) && (has(item, "may_remain", code) || result(item) != "erased"))
        };
        for &folder in residue.names.iter().filter(|&&number| number >= FOLDERS) {
            assert!(inside(folder, "names"), "the name of folder {folder} remains, untold");
        }
        for &folder in &residue.links {
            let mut links = self.items().iter().filter(|item| item["kind"] == "link");
            let told = links.any(|item| {
                path(item).parent().and_then(number_of) == Some(folder)
                    && (has(item, "may_remain", "link_text") || result(item) != "erased")
            });
            assert!(told, "the text of the link in folder {folder} remains, untold");
        }
        for &folder in residue.attributes.iter().filter(|&&number| number >= FOLDERS) {
            assert!(inside(folder, "attributes"), "the attributes of folder {folder} remain, untold");
        }
    }
}

/// An item's path.
pub fn path(item: &Value) -> PathBuf {
    item["path"].as_str().unwrap().into()
}

/// What became of an item.
pub fn result(item: &Value) -> &str {
    item["result"].as_str().unwrap()
}

/// Whether a code stands in a list of an item.
pub fn has(item: &Value, key: &str, code: &str) -> bool {
    item[key].as_array().unwrap_or_else(|| panic!("no {key}: {item}")).iter().any(|c| c == code)
}

/// A file system with a folder to erase and one beside it that must stay.
pub struct Scene {
    pub fs: LoopFs,
    pub office: Office,
}

impl Scene {
    /// On ext4.
    pub fn new() -> Self {
        Self::on(LoopFs::ext4())
    }

    /// On this file system.
    pub fn on(fs: LoopFs) -> Self {
        for name in ["data", "outside"] {
            fs::create_dir(fs.path(name)).unwrap();
        }
        fs::write(fs.path("outside/file"), "outside").unwrap();
        Self { fs, office: Office::new() }
    }

    /// A path in the folder that is to be erased.
    pub fn path(&self, name: &str) -> PathBuf {
        self.fs.path("data").join(name)
    }

    /// A marked file.
    pub fn file(&self, name: &str, number: u32, size: u64) -> PathBuf {
        let path = self.path(name);
        residue::write(&path, number, size, false, &mut Noise(77)).unwrap();
        File::open(&path).unwrap().sync_all().unwrap();
        path
    }

    /// Erases the folder.
    #[track_caller]
    pub fn erase(&self, words: &str) -> Told {
        self.erase_path(words, &self.fs.path("data"))
    }

    /// Erases something; what lies outside stays as it is.
    #[track_caller]
    pub fn erase_path(&self, words: &str, path: &Path) -> Told {
        let told = Told::by(&erase(&self.office, words, [path]));
        told.agrees_with_itself();
        assert_eq!(fs::read_to_string(self.fs.path("outside/file")).unwrap(), "outside");
        self.office.is_whole();
        told
    }

    /// What is in the image once it is taken away.
    pub fn residue(&self) -> Residue {
        self.fs.unmount();
        let residue = Residue::scan(&self.fs.image_path()).unwrap();
        self.fs.mount_again();
        residue
    }

    /// What is in the image while it is mounted.
    pub fn seen(&self) -> Residue {
        self.fs.sync();
        Residue::scan(&self.fs.image_path()).unwrap()
    }
}
