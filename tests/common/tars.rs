//! Tars taken apart and made by the stock tool; on Windows, where there is none to rely on, by the crate that the program is
//! built with.

use std::path::Path;

/// Unpacks into a folder that is there.
#[cfg(unix)]
pub fn unpack(file: &Path, to: &Path) {
    crate::desk::tool("tar", ["-xf".as_ref(), file.as_os_str(), "-C".as_ref(), to.as_os_str()]);
}

/// Unpacks into a folder that is there.
#[cfg(windows)]
pub fn unpack(file: &Path, to: &Path) {
    tar::Archive::new(std::fs::File::open(file).unwrap()).unpack(to).unwrap();
}

/// Packs these members of a folder.
#[cfg(unix)]
pub fn pack(file: &Path, folder: &Path, members: &[&str]) {
    let mut tar = std::process::Command::new("tar");
    crate::desk::done(tar.arg("-cPf").arg(file).args(members).current_dir(folder));
}

/// Packs these members of a folder.
#[cfg(windows)]
pub fn pack(file: &Path, folder: &Path, members: &[&str]) {
    let mut tar = tar::Builder::new(std::fs::File::create(file).unwrap());
    for member in members {
        let bytes = std::fs::read(folder.join(member)).unwrap();
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        // Written as it is: the crate refuses a name that leads outside.
        header.as_old_mut().name[..member.len()].copy_from_slice(member.as_bytes());
        header.set_cksum();
        tar.append(&header, bytes.as_slice()).unwrap();
    }
    tar.finish().unwrap();
}
