//! Small files of every kind, whole and broken.

use std::io::Cursor;

use super::*;

fn told(kind: Kind, bytes: &[u8]) -> Told {
    look(kind, &mut Cursor::new(bytes))
}

fn said(kind: Kind, bytes: &[u8]) -> Vec<(Name, String)> {
    let told = told(kind, bytes);
    assert_eq!(told.unread, None);
    told.properties.into_iter().map(|one| (one.name, one.value.to_string())).collect()
}

/// A directory of a TIFF in the order of bytes of this country's cameras; values that are long stand behind it.
fn directory(at: u32, entries: &[(u16, u16, u32, &[u8])]) -> Vec<u8> {
    let mut out = u16::try_from(entries.len()).unwrap().to_be_bytes().to_vec();
    let mut behind = Vec::new();
    let begin = at + 2 + 12 * u32::try_from(entries.len()).unwrap() + 4;
    for (tag, kind, count, value) in entries {
        out.extend([tag.to_be_bytes(), kind.to_be_bytes()].concat());
        out.extend(count.to_be_bytes());
        if value.len() <= 4 {
            out.extend(value.iter().chain(&[0; 4]).take(4));
        } else {
            out.extend((begin + u32::try_from(behind.len()).unwrap()).to_be_bytes());
            behind.extend_from_slice(value);
        }
    }
    out.extend([0; 4]);
    out.extend(behind);
    out
}

/// Exif with a photographer, an owner and a place.
fn exif() -> Vec<u8> {
    let ratio = |parts: [u32; 3]| {
        parts.iter().flat_map(|n| [n.to_be_bytes(), 1_u32.to_be_bytes()].concat()).collect::<Vec<_>>()
    };
    let (exif_at, gps_at) = (200_u32, 300_u32);
    let mut out = b"MM\0*\0\0\0\x08".to_vec();
    let artist = "撮影 太郎\0".as_bytes();
    out.extend(directory(
        8,
        &[
            (0x010F, 2, 4, b"ABC\0"),
            (0x013B, 2, u32::try_from(artist.len()).unwrap(), artist),
            (0x8769, 4, 1, &exif_at.to_be_bytes()),
            (0x8825, 4, 1, &gps_at.to_be_bytes()),
        ],
    ));
    out.resize(exif_at as usize, 0);
    // 氏名 in the code page of this country.
    out.extend(directory(exif_at, &[(0xA430, 2, 5, b"\x8e\x81\x96\xbc\0")]));
    out.resize(gps_at as usize, 0);
    out.extend(directory(
        gps_at,
        &[(2, 5, 3, &ratio([35, 40, 30])), (4, 5, 3, &ratio([139, 45, 0])), (29, 2, 4, b"2026")],
    ));
    out
}

fn expected() -> Vec<(Name, String)> {
    [(Name::Artist, "撮影 太郎"), (Name::Place, "35.6750"), (Name::Place, "139.7500"), (Name::Owner, "氏名")]
        .map(|(name, value)| (name, value.to_owned()))
        .to_vec()
}

fn jpeg(segments: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut out = vec![0xFF, 0xD8];
    for (marker, body) in segments {
        out.extend([0xFF, *marker]);
        out.extend(u16::try_from(body.len() + 2).unwrap().to_be_bytes());
        out.extend(body);
    }
    out.extend([0xFF, 0xDA, 0, 2, 1, 2, 3, 0xFF, 0xD9]);
    out
}

fn png(chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, body) in chunks.iter().chain(&[(b"IEND", Vec::new())]) {
        out.extend(u32::try_from(body.len()).unwrap().to_be_bytes());
        out.extend(kind.iter().chain(body).chain(&[0; 4]));
    }
    out
}

const PACKET: &[u8] = "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF><rdf:Description aux:OwnerName='持主' \
    xmp:CreatorTool='Camera'><dc:creator>\n<rdf:Seq>\n<rdf:li>作者</rdf:li></rdf:Seq></dc:creator>\
    <dc:title><rdf:li>題</rdf:li></dc:title><exif:GPSLatitude>35,40.5N</exif:GPSLatitude></rdf:Description></rdf:RDF>\
    </x:xmpmeta>"
    .as_bytes();

fn packet_says() -> Vec<(Name, String)> {
    [(Name::Owner, "持主"), (Name::Author, "作者"), (Name::Place, "35,40.5N")]
        .map(|(name, value)| (name, value.to_owned()))
        .to_vec()
}

#[test]
fn photographs_say_who_and_where() {
    let exif_segment = [&b"Exif\0\0"[..], &exif()].concat();
    let xmp_segment = [&b"http://ns.adobe.com/xap/1.0/\0"[..], PACKET].concat();
    let sorted = |mut list: Vec<(Name, String)>| {
        list.sort_by_key(|one| format!("{one:?}"));
        list
    };
    let both = sorted([expected(), packet_says()].concat());
    let photo = jpeg(&[(0xE0, b"JFIF\0".to_vec()), (0xE1, exif_segment), (0xE1, xmp_segment), (0xDB, vec![0; 65])]);
    assert_eq!(sorted(said(Kind::Jpeg, &photo)), both);
    assert_eq!(sorted(said(Kind::Tiff, &exif())), sorted(expected()));
    let text = [&b"XML:com.adobe.xmp\0\0\0\0\0"[..], PACKET].concat();
    let photo = png(&[(b"IHDR", vec![0; 13]), (b"eXIf", exif()), (b"IDAT", vec![7; 100_000]), (b"iTXt", text)]);
    assert_eq!(sorted(said(Kind::Png, &photo)), both);
    assert_eq!(said(Kind::Png, &png(&[(b"tEXt", b"Author\0Taro".to_vec())])), [(Name::Author, "Taro".to_owned())]);
    let packed = png(&[(b"zTXt", b"Author\0\0xxxx".to_vec())]);
    assert_eq!(told(Kind::Png, &packed).unread, Some(Unread::Compressed));
    assert_eq!(said(Kind::Jpeg, &jpeg(&[])), []);
    assert_eq!(said(Kind::Png, &png(&[(b"tEXt", b"Title\0x".to_vec())])), []);
}

#[test]
fn a_pdf_says_who_in_any_spelling() {
    for (info, author) in [
        ("/Author (Taro \\(Sample\\) \\101\\\\ (x))", "Taro (Sample) A\\ (x)"),
        ("/Author<FEFF898B672C592A90CE>", "見本太郎"),
        ("/Author\n<feff 6c0f>", "氏"),
        ("/Author (\\376\\377l\\017)", "氏"),
    ] {
        let pdf = format!("%PDF-1.7\n1 0 obj\n<<{info}/Creator(x)>>\nendobj\n");
        assert_eq!(said(Kind::Pdf, pdf.as_bytes()), [(Name::Author, author.to_owned())], "{info}");
    }
    assert_eq!(said(Kind::Pdf, b"%PDF-1.4\n<</Author()/Title(x)>>"), []);
    assert_eq!(said(Kind::Pdf, &[b"%PDF-1.7\n", PACKET].concat()), packet_says());
    let unread = |pdf: &[u8]| told(Kind::Pdf, pdf).unread;
    assert_eq!(unread(b"%PDF-1.7\n<</Type/ObjStm>>"), Some(Unread::Compressed));
    assert_eq!(unread(b"%PDF-1.7\n<</Author 7 0 R>>"), Some(Unread::Compressed));
    assert_eq!(unread(b"%PDF-1.7\n<</Author(x)/Encrypt 7 0 R>>"), Some(Unread::Encrypted));
    assert_eq!(unread(b"no"), Some(Unread::Damaged));
    let mut long = vec![b' '; 5 << 20];
    long[..9].copy_from_slice(b"%PDF-1.7\n");
    assert_eq!(unread(&long), Some(Unread::TooLarge), "nothing at either end, and the middle was not read");
    long.extend(b"<</Author(Taro)>>");
    assert_eq!(said(Kind::Pdf, &long), [(Name::Author, "Taro".to_owned())]);
}

#[test]
fn only_files_of_kinds_that_say_something_are_opened() {
    for (name, kind) in [
        ("a/名簿.XLSX", Some(Kind::OpenXml)),
        ("a.doc", Some(Kind::Old)),
        ("a.JPG", Some(Kind::Jpeg)),
        ("a.heic", Some(Kind::Other)),
        ("a.csv", None),
        ("a.txt", None),
        ("docx", None),
        ("a.docx/b", None),
    ] {
        assert_eq!(Kind::of(name), kind, "{name}");
    }
}

#[test]
fn broken_files_are_unread_and_never_end_the_program() {
    let photo = jpeg(&[(0xE1, [&b"Exif\0\0"[..], &exif()].concat())]);
    let picture = png(&[(b"eXIf", exif()), (b"iTXt", [&b"XML:com.adobe.xmp\0\0\0\0\0"[..], PACKET].concat())]);
    let pdf = [b"%PDF-1.7\n<</Author (a\\", PACKET].concat();
    let mut old = OLE.to_vec();
    old.resize(2048, 0);
    old[30] = 9;
    for (kind, bytes) in [
        (Kind::Jpeg, &photo),
        (Kind::Png, &picture),
        (Kind::Tiff, &exif()),
        (Kind::Pdf, &pdf),
        (Kind::Old, &old),
        (Kind::OpenXml, &photo),
        (Kind::OpenDocument, &photo),
    ] {
        for at in (0..bytes.len()).step_by(3) {
            let _ = told(kind, &bytes[..at]);
            for value in [0, 0xFF, bytes[at] ^ 0x40] {
                let mut turned = bytes.clone();
                turned[at] = value;
                let _ = told(kind, &turned);
            }
        }
    }
    for kind in [Kind::Jpeg, Kind::Png, Kind::Tiff, Kind::Pdf, Kind::Old, Kind::OpenXml, Kind::OpenDocument] {
        for bytes in [&b""[..], b"x", &[0xFF; 5000], &[0; 5000]] {
            assert!(told(kind, bytes).unread.is_some(), "{kind:?}");
        }
    }
    // Directories in a circle, and an old document whose sectors go round.
    let circle = b"MM\0*\0\0\0\x08\0\x01\x87\x69\0\x04\0\0\0\x01\0\0\0\x08\0\0\0\x08";
    assert_eq!(told(Kind::Tiff, circle).unread, Some(Unread::TooLarge));
}

#[test]
fn what_is_found_is_told_once_shortened_and_not_without_end() {
    let mut found = Found::default();
    found.take(Name::Author, " 太郎\0");
    found.take(Name::Author, "太郎");
    found.take(Name::Author, " \u{3000}");
    found.take(Name::Custom, &"長".repeat(1000));
    assert_eq!(found.properties.len(), 2);
    assert_eq!(
        (found.properties[0].value.as_str(), found.properties[1].value.chars().count()),
        ("太郎", LONGEST_VALUE)
    );
    (0..100).for_each(|n| found.take(Name::Custom, &n.to_string()));
    assert_eq!(found.properties.len(), 20);
}
