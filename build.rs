//! Puts the fonts of paper into the program, when the feature `embed-fonts` asks for it, and into a program for Windows what
//! Windows wants to know of it; otherwise there is nothing to do.
//!
//! The fonts are no part of the source. They are taken from the folder `TEWATASHI_FONTS`, or from where Debian keeps them. Their
//! licence (SIL Open Font License 1.1) wants its text to go with every release that holds them.

#[path = "packaging/windows/resource.rs"]
mod resource;

use std::path::{Path, PathBuf};
use std::{env, fs, process};

/// What is put in; the last one only if it is there.
const FONTS: [(&str, &str, bool); 3] = [
    ("BIZUDMincho-Regular.ttf", "bizud-mincho", true),
    ("BIZUDGothic-Regular.ttf", "bizud-gothic", true),
    ("BIZUDGothic-Bold.ttf", "bizud-gothic", false),
];

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "windows")
        && let Err(problem) = resource::link()
    {
        eprintln!("resource of Windows: {problem}");
        process::exit(1);
    }
    if env::var_os("CARGO_FEATURE_EMBED_FONTS").is_none() {
        return;
    }
    println!("cargo:rerun-if-env-changed=TEWATASHI_FONTS");
    if let Err(problem) = embed() {
        eprintln!("embed-fonts: {problem}");
        process::exit(1);
    }
}

fn embed() -> Result<(), String> {
    let own = env::var_os("TEWATASHI_FONTS").map(PathBuf::from);
    let mut files = Vec::new();
    for (file, package, needed) in FONTS {
        let place = match &own {
            Some(folder) => folder.join(file),
            None => Path::new("/usr/share/fonts/truetype").join(package).join(file),
        };
        println!("cargo:rerun-if-changed={}", place.display());
        if place.is_file() {
            let place = fs::canonicalize(&place).map_err(|e| format!("{}: {e}", place.display()))?;
            files.push(place);
        } else if needed {
            return Err(format!(
                "{} is not there. Install the Debian package fonts-morisawa-{package}, or set TEWATASHI_FONTS to a folder \
                 that holds the file.",
                place.display()
            ));
        }
    }
    let lines: Vec<String> = files.iter().map(|file| format!("include_bytes!(r#\"{}\"#)", file.display())).collect();
    let list = format!("static EMBEDDED: &[&[u8]] = &[{}];\n", lines.join(", "));
    let out = env::var_os("OUT_DIR").map(PathBuf::from).ok_or("OUT_DIR is not set")?;
    fs::write(out.join("embedded_fonts.rs"), list).map_err(|e| e.to_string())
}
