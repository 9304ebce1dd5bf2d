//! A PDF as other people's programs read it: poppler and zbar.

#![allow(dead_code, reason = "each test file uses a part")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A PDF in a folder of its own.
pub struct Pdf {
    folder: TempDir,
    /// How many pages it has.
    pub pages: usize,
}

impl Pdf {
    pub fn of(bytes: &[u8], pages: usize) -> Self {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("page.pdf"), bytes).unwrap();
        Self { folder, pages }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("page.pdf")
    }

    pub fn bytes(&self) -> Vec<u8> {
        fs::read(self.path()).unwrap()
    }

    /// Its text; `order` is an option of pdftotext.
    pub fn text(&self, order: &str) -> String {
        run(Command::new("pdftotext").arg(order).arg(self.path()).arg("-"))
    }

    /// Its text in the order in which it is read aloud, taken from its tags; headers and footers are no part of it.
    pub fn spoken(&self) -> String {
        let output = Command::new("pdfinfo").arg("-struct-text").arg(self.path()).output().unwrap();
        let lines = String::from_utf8_lossy(&output.stdout).into_owned();
        lines.lines().filter_map(|line| line.trim().strip_prefix('"')?.strip_suffix('"')).collect()
    }

    /// The text of one page, from 1.
    pub fn text_of(&self, page: usize) -> String {
        let page = page.to_string();
        run(Command::new("pdftotext").args(["-raw", "-f", &page, "-l", &page]).arg(self.path()).arg("-"))
    }

    pub fn info(&self) -> String {
        run(Command::new("pdfinfo").arg(self.path()))
    }

    pub fn meta(&self) -> String {
        run(Command::new("pdfinfo").arg("-meta").arg(self.path()))
    }

    /// Name of each font, whether it is embedded, and whether it is a subset.
    pub fn fonts(&self) -> Vec<(String, bool, bool)> {
        let table = run(Command::new("pdffonts").arg(self.path()));
        let font = |line: &str| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let from_the_right = |n: usize| words[words.len() - n] == "yes";
            (words[0].to_owned(), from_the_right(5), from_the_right(4))
        };
        table.lines().skip(2).map(font).collect()
    }

    /// What travels inside, by name.
    pub fn attached(&self) -> BTreeMap<String, Vec<u8>> {
        let out = self.folder.path().join("attached");
        fs::create_dir_all(&out).unwrap();
        run(Command::new("pdfdetach").arg("-saveall").arg("-o").arg(&out).arg(self.path()));
        let files = fs::read_dir(&out).unwrap().map(|entry| entry.unwrap());
        files.map(|file| (file.file_name().into_string().unwrap(), fs::read(file.path()).unwrap())).collect()
    }

    /// A grey picture of one page, as PGM.
    pub fn picture(&self, page: usize, dots: usize, to: &Path) {
        let (page, dots) = (page.to_string(), dots.to_string());
        let mut command = Command::new("pdftoppm");
        command.args(["-gray", "-singlefile", "-r", &dots, "-f", &page, "-l", &page]);
        run(command.arg(self.path()).arg(to.with_extension("")));
    }

    /// What a camera reads on its first page.
    pub fn codes(&self) -> Vec<String> {
        let picture = self.folder.path().join("codes.pgm");
        self.picture(1, 220, &picture);
        let text =
            run(Command::new("zbarimg").args(["--raw", "-q", "-S*.enable=0", "-Sqrcode.enable=1"]).arg(&picture));
        text.lines().map(str::to_owned).collect()
    }
}

/// The text without its white space: where a cell breaks its lines is for the eye.
pub fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
