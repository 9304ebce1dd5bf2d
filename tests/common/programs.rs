//! Real programs of every kind, made by the compilers of the distribution.

#![allow(dead_code)] // each test file uses a part

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::desk::{Desk, tool};

/// Debian's compiler for Windows.
const FOR_WINDOWS: &str = "x86_64-w64-mingw32-gcc";

/// Compiles a program that says one word; returns where it lies.
pub fn compiled(desk: &Desk, place: &str, compiler: &str, options: &[&str]) -> PathBuf {
    let source = desk.file("programs/said.c", "#include <stdio.h>\nint main(void) { puts(\"started\"); return 0; }\n");
    let place = desk.path(place);
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    let words = ["-O1", "-s", "-o", place.to_str().unwrap(), source.to_str().unwrap()];
    tool(compiler, words.iter().chain(options));
    place
}

/// For Windows, in a console unless the options say otherwise.
pub fn for_windows(desk: &Desk, place: &str, options: &[&str]) -> PathBuf {
    compiled(desk, place, FOR_WINDOWS, options)
}

/// For Linux, linked as the options say.
pub fn for_linux(desk: &Desk, place: &str, options: &[&str]) -> PathBuf {
    compiled(desk, place, "gcc", options)
}

/// Makes a file longer without changing what it does: the size of a real release.
pub fn grow(path: &Path, size: u64) {
    File::options().write(true).open(path).unwrap().set_len(size).unwrap();
}

/// A folder with both programs of a release, each larger than what is read of a small file.
pub fn release(desk: &Desk) -> PathBuf {
    let folder = desk.path("release");
    grow(&for_windows(desk, "release/tewatashi.exe", &[]), 3 << 20);
    grow(&for_linux(desk, "release/tewatashi-linux", &["-static"]), 4 << 20);
    folder
}
