//! Windows: who has a file open, by the Restart Manager.

use std::path::Path;

use windows_sys::Win32::Foundation::ERROR_MORE_DATA;
use windows_sys::Win32::System::RestartManager as rm;

use super::call::{self, wide};

/// Names kept at most; a share may have hundreds of programs at one file.
const MOST: usize = 16;

/// A question to the Restart Manager; it only looks, and nothing is restarted.
struct Session(u32);

impl Session {
    fn start() -> Option<Self> {
        let (mut handle, mut key) = (0, [0u16; rm::CCH_RM_SESSION_KEY as usize + 1]);
        // SAFETY: the key has the room that the Restart Manager asks for.
        let started = unsafe { rm::RmStartSession(&raw mut handle, 0, key.as_mut_ptr()) };
        (started == 0).then_some(Self(handle))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // SAFETY: the handle is one that was started, and is not used again.
        let _ = unsafe { rm::RmEndSession(self.0) };
    }
}

/// The programs that have a file open, as people know them; none when nobody does or nobody says.
pub(super) fn holders(path: &Path) -> Vec<String> {
    let Some(session) = Session::start() else { return Vec::new() };
    // It takes no paths that begin with `\\?\`.
    let text = path.as_os_str().to_string_lossy();
    let plain = text.strip_prefix(r"\\?\").unwrap_or(&text);
    let file = wide(plain);
    let files = [file.as_ptr()];
    // SAFETY: one file, whose name ends with a zero and lives until the call is over; nothing else is registered.
    let registered =
        unsafe { rm::RmRegisterResources(session.0, 1, files.as_ptr(), 0, std::ptr::null(), 0, std::ptr::null()) };
    if registered != 0 {
        return Vec::new();
    }
    let mut found = vec![rm::RM_PROCESS_INFO::default(); MOST];
    let (mut needed, mut count, mut reasons) = (0, u32::try_from(MOST).unwrap_or(1), 0);
    // SAFETY: the list has room for as many as `count` says.
    let listed =
        unsafe { rm::RmGetList(session.0, &raw mut needed, &raw mut count, found.as_mut_ptr(), &raw mut reasons) };
    if listed != 0 && listed != ERROR_MORE_DATA {
        return Vec::new();
    }
    let count = (count as usize).min(MOST);
    let name = |info: &rm::RM_PROCESS_INFO| {
        let name = call::text(&info.strAppName).to_string_lossy().into_owned();
        format!("{name} ({})", info.Process.dwProcessId)
    };
    found[..count].iter().map(name).collect()
}
