//! What Windows wants to know of the program: the icon, names and version in two languages, the manifest. For build.rs.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// GNU's compiler of resources, for Windows on x86-64.
const WINDRES: &str = "x86_64-w64-mingw32-windres";
const FOLDER: &str = "packaging/windows";

/// Has the resources compiled and linked into the program; not into tests, where nobody sees them.
pub fn link() -> Result<(), String> {
    for file in ["resource.rs", "tewatashi.manifest", "icon.ico"] {
        println!("cargo:rerun-if-changed={FOLDER}/{file}");
    }
    let set = |name: &str| env::var(name).map_err(|_| format!("{name} is not set"));
    let out = PathBuf::from(set("OUT_DIR")?);
    let folder = Path::new(&set("CARGO_MANIFEST_DIR")?).join(FOLDER);
    for file in ["tewatashi.manifest", "icon.ico"] {
        fs::copy(folder.join(file), out.join(file)).map_err(|e| format!("{FOLDER}/{file}: {e}"))?;
    }
    let version = ["MAJOR", "MINOR", "PATCH"].map(|part| format!("CARGO_PKG_VERSION_{part}"));
    let numbers = [set(&version[0])?, set(&version[1])?, set(&version[2])?].join(",");
    let text = script(&numbers, &set("CARGO_PKG_VERSION")?);
    fs::write(out.join("tewatashi.rc"), text).map_err(|e| format!("tewatashi.rc: {e}"))?;
    // From within the folder, by bare names: windres hands them to a preprocessor through a shell.
    let run = Command::new(WINDRES)
        .args(["--codepage=65001", "--output-format=coff", "--input=tewatashi.rc", "--output=tewatashi.res.o"])
        .current_dir(&out)
        .output();
    let run = run.map_err(|e| {
        format!("{WINDRES}: {e}. Install the Debian packages binutils-mingw-w64-x86-64 and gcc-mingw-w64-x86-64.")
    })?;
    if !run.status.success() {
        return Err(format!("{WINDRES}: {}", String::from_utf8_lossy(&run.stderr).trim()));
    }
    println!("cargo:rustc-link-arg-bins={}", out.join("tewatashi.res.o").display());
    Ok(())
}

/// The resources as windres reads them. 1 is the icon's number, and that of the manifest of a program; 24 is its kind.
fn script(numbers: &str, version: &str) -> String {
    let english = strings("040904b0", "Hands over personal information on media, and ends its life", version);
    let japanese = strings("041104b0", "個人情報を媒体で受け渡し、消去まで記録する道具", version);
    format!(
        "1 ICON \"icon.ico\"\n\
         1 24 \"tewatashi.manifest\"\n\
         1 VERSIONINFO\n\
         FILEVERSION {numbers},0\n\
         PRODUCTVERSION {numbers},0\n\
         FILEFLAGSMASK 0x3f\n\
         FILEFLAGS 0\n\
         FILEOS 0x40004\n\
         FILETYPE 1\n\
         FILESUBTYPE 0\n\
         BEGIN\n\
         BLOCK \"StringFileInfo\"\nBEGIN\n{japanese}{english}END\n\
         BLOCK \"VarFileInfo\"\nBEGIN\nVALUE \"Translation\", 0x411, 1200, 0x409, 1200\nEND\n\
         END\n"
    )
}

fn strings(language: &str, description: &str, version: &str) -> String {
    let name = if language.starts_with("0411") { "tewatashi（手渡し）" } else { "tewatashi" };
    let values = [
        ("CompanyName", "tewatashi contributors"),
        ("FileDescription", description),
        ("FileVersion", version),
        ("InternalName", "tewatashi"),
        ("LegalCopyright", "MIT OR Apache-2.0"),
        ("OriginalFilename", "tewatashi.exe"),
        ("ProductName", name),
        ("ProductVersion", version),
    ];
    let values = values.map(|(key, value)| format!("VALUE \"{key}\", \"{value}\\0\"\n")).concat();
    format!("BLOCK \"{language}\"\nBEGIN\n{values}END\n")
}
