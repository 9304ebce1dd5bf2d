//! Photographs on forms: taken from a file without what it tells of camera, person and place, and kept so that the page can be
//! made again.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::context::Context;
use super::failure::{Failure, code};
use super::words;
use crate::digest;
use crate::erase::os;
use crate::paper::Record;
use crate::paper::fields::erasure::{Photograph, Stage};
use crate::paper::picture::{MOST_BYTES, Picture};
use crate::t;
use crate::term::show;

/// More than any work needs; each is unpacked to be set.
const MOST: usize = 20;
/// Of all together; what 16 pictures of a telephone have.
const MOST_PIXELS: u64 = 200_000_000;
/// How the files in `records/` are called.
const PREFIX: &str = "photo-";

/// A photograph, ready to be printed.
#[derive(Debug, Clone)]
pub struct Photo {
    /// The name of the file it came in.
    pub caption: String,
    /// When it was taken, where the form asks.
    pub stage: Option<Stage>,
    /// What it is called in `records/`.
    pub file: String,
    /// What is printed and kept.
    pub bytes: Vec<u8>,
    /// SHA-256 of it.
    pub sha256: String,
    /// SHA-256 of the file as it was given.
    pub original_sha256: String,
    /// Whether anything was left out.
    pub stripped: bool,
    pixels: u64,
}

impl Photo {
    /// Takes a photograph out of its file, which stays as it is.
    ///
    /// # Errors
    /// Why it is none that can be printed.
    pub fn take(path: &Path) -> Result<Self, Failure> {
        let original = read(path).map_err(|e| unreadable(path, &e))?;
        let picture = Picture::of(&original).map_err(|fault| words::picture(path, fault))?;
        let sha256 = digest::sha256(&picture.bytes);
        let (width, height) = picture.size;
        Ok(Self {
            caption: path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
            stage: None,
            file: file_name(&sha256, picture.kind.end()),
            bytes: picture.bytes,
            sha256,
            original_sha256: digest::sha256(&original),
            stripped: picture.stripped,
            pixels: u64::from(width) * u64::from(height),
        })
    }

    /// Takes all of them, and says where something was left out.
    ///
    /// # Errors
    /// The first that cannot be printed, or more than a form holds.
    pub fn take_all(context: &Context, paths: &[PathBuf]) -> Result<Vec<Self>, Failure> {
        let most = || {
            let (count, pixels) = (MOST, show::number(MOST_PIXELS));
            Failure::failed(
                "too_many_photos",
                t!("err-too-many-photos", count = count, pixels = pixels),
                t!("hint-too-many-photos"),
            )
        };
        if paths.len() > MOST {
            return Err(most());
        }
        let (mut photos, mut pixels) = (Vec::new(), 0);
        for path in paths {
            let photo = Self::take(path)?;
            pixels += photo.pixels;
            if pixels > MOST_PIXELS {
                return Err(most().about(show::path(path)));
            }
            if photo.stripped {
                context.note(&t!("photo-stripped", path = show::path(path)));
            }
            photos.push(photo);
        }
        Ok(photos)
    }

    /// What the record says of it.
    pub fn told(&self) -> Photograph {
        Photograph {
            caption: self.caption.clone(),
            stage: self.stage,
            file: Some(self.file.clone()),
            sha256: self.sha256.clone(),
            original_sha256: Some(self.original_sha256.clone()),
        }
    }
}

fn file_name(sha256: &str, end: &str) -> String {
    format!("{PREFIX}{}.{end}", sha256.get(..16).unwrap_or_default())
}

/// Attack: a link to another file of this computer, which would end up on paper; a pipe that never answers; a device that never
/// ends.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let (file, meta): (File, _) = os::open_read_known(path)?;
    if meta.len() > MOST_BYTES {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let mut bytes = Vec::new();
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    // It grew meanwhile.
    if bytes.len() as u64 > MOST_BYTES { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(bytes) }
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    let shown = show::path(path);
    let bad = |message| Failure::failed("bad_photo", message, t!("hint-bad-photo")).about(shown.clone());
    if error.kind() == io::ErrorKind::FileTooLarge {
        return bad(t!("err-photo-too-large", path = shown.clone(), most = show::size(MOST_BYTES)));
    }
    match path.symlink_metadata() {
        Ok(meta) if !meta.is_file() => bad(t!("err-photo-no-file", path = shown.clone())),
        _ => words::io(path, error),
    }
}

/// The photographs of a record as they are kept, by name: those that are printed, and no others.
///
/// # Errors
/// One is gone, or is not what the record says.
pub fn kept(records: &Path, record: &Record) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let photographs = record.fields.get("photographs").cloned().unwrap_or(Value::Array(Vec::new()));
    let altered = |path: &Path| {
        let shown = show::path(path);
        let message = t!("err-photo-altered", path = shown.clone(), number = show::name(&record.number));
        Failure::new(code::DAMAGED, "photo_altered", message, t!("hint-photo-altered")).about(shown)
    };
    let photographs: Vec<Photograph> = serde_json::from_value(photographs).map_err(|_| altered(records))?;
    let printed = photographs.iter().filter_map(|photo| Some((photo.file.as_ref()?, photo)));
    let one = |(file, photo): (&String, &Photograph)| {
        let path = records.join(file);
        // Attack: a record of a stranger that names a file anywhere on this computer.
        if !["jpg", "png"].iter().any(|end| *file == file_name(&photo.sha256, end)) || file.contains(['/', '\\', ':']) {
            return Err(altered(records));
        }
        let bytes = read(&path).map_err(|e| match e.kind() {
            io::ErrorKind::NotFound => {
                let shown = show::path(&path);
                let message = t!("err-photo-missing", path = shown.clone(), number = show::name(&record.number));
                Failure::failed("photo_missing", message, t!("hint-photo-altered")).about(shown)
            }
            _ => unreadable(&path, &e),
        })?;
        if digest::sha256(&bytes) != photo.sha256 {
            return Err(altered(&path));
        }
        Ok((file.clone(), bytes))
    };
    printed.map(one).collect()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::paper::{Form, sample};
    use serde_json::json;
    use std::fs;

    /// A real photograph with place, name and a second picture behind its end.
    const TOLD: &[u8] = include_bytes!("../../fixtures/forms/photo-told.jpg");

    fn kind(path: &Path) -> &'static str {
        Photo::take(path).map_or_else(|failure| failure.kind, |_| "taken")
    }

    #[test]
    fn a_photograph_tells_nothing_but_which_way_is_up() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("作業前.JPG");
        fs::write(&path, TOLD).unwrap();
        let photo = Photo::take(&path).unwrap();
        for told in [&b"GPS-MARK"[..], b"MAKER-MARK", b"COMMENT-MARK", b"XMP-MARK", b"BEHIND-MARK"] {
            let holds = |bytes: &[u8]| bytes.windows(told.len()).any(|window| window == told);
            assert!(holds(TOLD) && !holds(&photo.bytes), "{}", String::from_utf8_lossy(told));
        }
        let by_another = fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/forms/").to_owned() + &photo.file);
        assert_eq!(photo.bytes, by_another.unwrap(), "as another program took it apart");
        assert_eq!((photo.caption.as_str(), photo.stripped), ("作業前.JPG", true));
        assert_eq!(photo.original_sha256, digest::sha256(TOLD));
        assert_eq!(photo.file, format!("photo-{}.jpg", &photo.sha256[..16]));
        assert_eq!(fs::read(&path).unwrap(), TOLD, "the file itself stays");
        // What was taken once is taken as it is.
        fs::write(&path, &photo.bytes).unwrap();
        let again = Photo::take(&path).unwrap();
        assert_eq!((again.bytes, again.stripped), (photo.bytes, false));
    }

    #[test]
    fn what_is_no_picture_is_told_before_any_work() {
        let place = tempfile::tempdir().unwrap();
        let file = |name: &str, bytes: &[u8]| {
            let path = place.path().join(name);
            fs::write(&path, bytes).unwrap();
            path
        };
        for cut in [0, 1, 2, 20, TOLD.len() / 4] {
            assert_eq!(kind(&file("cut.jpg", &TOLD[..cut])), "bad_photo", "{cut}");
        }
        assert_eq!(kind(&file("table.jpg", b"a,b\n")), "bad_photo");
        let large = file("large.jpg", b"");
        File::options().write(true).open(&large).unwrap().set_len(MOST_BYTES + 1).unwrap();
        assert_eq!(kind(&large), "bad_photo");
        assert_eq!(kind(&place.path().join(".")), "bad_photo");
        // Links that any user may make, and pipes, are there on Unix alone.
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(file("real.jpg", TOLD), place.path().join("link.jpg")).unwrap();
            std::process::Command::new("mkfifo").arg(place.path().join("pipe.jpg")).status().unwrap();
            for name in ["link.jpg", "pipe.jpg"] {
                assert_eq!(kind(&place.path().join(name)), "bad_photo", "{name}");
            }
        }
        assert_eq!(kind(&place.path().join("gone.jpg")), "io");
    }

    #[test]
    fn what_is_kept_must_be_what_the_record_says() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("a.jpg"), TOLD).unwrap();
        let photo = Photo::take(&place.path().join("a.jpg")).unwrap();
        let mut record = sample(Form::Erasure);
        record.fields.insert("photographs".into(), json!([photo.told()]));
        let of = |record: &Record| kept(place.path(), record).map_err(|failure| failure.kind);
        assert_eq!(of(&record), Err("photo_missing"));
        fs::write(place.path().join(&photo.file), &photo.bytes).unwrap();
        assert_eq!(of(&record), Ok(vec![(photo.file.clone(), photo.bytes.clone())]));
        fs::write(place.path().join(&photo.file), TOLD).unwrap();
        assert_eq!(of(&record), Err("photo_altered"));
        for elsewhere in ["../a.jpg", "/etc/passwd", "a.jpg"] {
            record.fields["photographs"][0]["file"] = elsewhere.into();
            assert_eq!(of(&record), Err("photo_altered"), "{elsewhere}");
        }
        let slashes = format!("{:0<64}", "../../etc/passwd");
        record.fields["photographs"][0] =
            json!({ "caption": "", "file": format!("photo-{}.jpg", &slashes[..16]), "sha256": slashes });
        assert_eq!(of(&record), Err("photo_altered"));
    }
}
