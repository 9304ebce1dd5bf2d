//! `certificate verify`: what is genuine is told as such, what was altered in any way is not, and every file that was asked
//! about is covered or named.

#![cfg(target_os = "linux")]

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

#[path = "common/certified.rs"]
mod certified;
#[path = "common/desk.rs"]
mod desk;
#[path = "common/office.rs"]
mod office;
use certified::{attached_stream, certificate, draft, issue, item, packed, page, photo, record, revised};
use desk::{Run, done, tool};
use office::{Office, split};
use tewatashi::paper::fields::erasure::{CERTIFICATE, Outcome};
use tewatashi::sign::SigningKey;

const FILES: [(&str, &[u8]); 4] = [
    ("名簿/対象者.csv", b"\xe6\xb0\x8f\xe5\x90\x8d,1\n"),
    ("名簿/還付.csv", b"b,2\n"),
    ("名簿/写し.csv", b"\xe6\xb0\x8f\xe5\x90\x8d,1\n"),
    ("名簿/空.dat", b""),
];

/// A bundle that was packed, and opened in an office.
struct Opened {
    office: Office,
    bundle: String,
    folder: PathBuf,
    key: [u8; 32],
}

/// Packs and opens the files; the identity is `key.txt`.
fn opened() -> Opened {
    let office = Office::new();
    for (name, content) in FILES {
        office.desk.file(name, content);
    }
    let (_, public) = office.desk.key("key.txt");
    let told = office.json(&format!("pack 名簿 --to medium --no-documents --recipient {public}"));
    let id = told["id"].as_str().unwrap();
    // With stock tools, which leave the bag as it is.
    let (sealed, tar) = (office.desk.path(&format!("medium/{id}/bundle.age")), office.desk.path("bag.tar"));
    let identity = office.desk.path("key.txt");
    let words: [&OsStr; 6] =
        ["-d".as_ref(), "-i".as_ref(), identity.as_ref(), "-o".as_ref(), tar.as_ref(), sealed.as_ref()];
    tool("age", words);
    tool("tar", ["-xf".as_ref(), tar.as_os_str(), "-C".as_ref(), office.desk.path("opened").as_os_str()]);
    let folder = office.desk.path(&format!("opened/{id}"));
    let info = fs::read_to_string(folder.join("bag-info.txt")).unwrap();
    let digits = info.lines().find_map(|line| line.strip_prefix("Fingerprint-Key: ")).unwrap();
    let byte = |at: usize| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).unwrap();
    Opened { bundle: format!("medium/{id}"), folder, key: std::array::from_fn(byte), office }
}

fn verify(office: &Office, file: &Path, more: &str) -> Run {
    office.run(&format!("--json --lang ja certificate verify {} {more}", file.display()))
}

/// On a computer that has no case and never had one.
fn nowhere(office: &Office, file: &Path, more: &str) -> Run {
    let mut command = office.desk.command(["--json", "certificate", "verify"]);
    command.arg(file).args(split(more)).env("TEWATASHI_HOME", office.desk.path("nowhere"));
    Run::of(&mut command)
}

fn kinds(told: &Value) -> Vec<&str> {
    told["problems"].as_array().unwrap().iter().map(|problem| problem["kind"].as_str().unwrap()).collect()
}

fn list_of(office: &Office) -> PathBuf {
    let files = fs::read_dir(office.folder().join("records")).unwrap().map(|file| file.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|end| end == "jsonl")).last().unwrap()
}

#[test]
fn a_certificate_is_genuine_and_covers_every_file_of_its_bundle() {
    let opened = opened();
    let office = &opened.office;
    let number = certificate(office, &opened.key, &FILES);
    let before = desk::names_in(&office.folder().join("records"));
    let told = verify(office, &page(office, &number), &format!("--bundle {} --identity key.txt", opened.bundle)).ok();
    let all = [
        "signature",
        "signer_known",
        "ledger_code",
        "record",
        "in_force",
        "print",
        "page",
        "list",
        "agreement",
        "coverage",
    ];
    let json = told.json();
    assert_eq!((&json["result"], &json["checked"]), (&json!("ok"), &json!(all)), "{told:?}");
    assert_eq!((&json["not_checked"], &json["notices"]), (&json!([]), &json!([])));
    assert_eq!(
        (&json["print"], &json["page"], &json["list"]["items"]),
        (&json!("first"), &json!("matches"), &json!(4))
    );
    let covered = json!({ "files": 4, "covered": 4, "not_erased": [], "not_listed": [], "too_few": [] });
    assert_eq!(json["coverage"], covered);
    assert_eq!(json["signer"]["known"], true);
    assert_eq!(desk::names_in(&office.folder().join("records")), before, "nothing is written");
    // What was looked at, and who looked, stays in the ledger; names do not.
    let entry = office.last_of("certificate_verify");
    assert_eq!((&entry["result"], &entry["subjects"][0]["id"]), (&json!("done"), &json!(number)));
    assert_eq!(
        (&entry["facts"]["asked"], &entry["facts"]["covered"], &entry["facts"]["found"]),
        (&json!(4), &json!(4), &json!("ok"))
    );
    assert!(entry["facts"]["begun"].is_u64(), "before the secret was used");
    assert!(!entry.to_string().contains("対象者"), "{entry}");
    // The record alone, its signature beside it.
    let json = verify(office, &record(office, &number), "").ok().json();
    assert_eq!(
        json["checked"],
        json!(["signature", "signer_known", "ledger_code", "record", "in_force", "list", "agreement"])
    );
    // By the list of digests of the opened folder, with the key beside it.
    let manifest = opened.folder.join("manifest-sha256.txt");
    let json = verify(office, &page(office, &number), &format!("--manifest {}", manifest.display())).ok().json();
    assert_eq!(json["coverage"]["covered"], 4);
    office.is_whole();
}

#[test]
fn people_are_told_what_the_record_says_and_by_whom() {
    let opened = opened();
    let office = &opened.office;
    let number = certificate(office, &opened.key, &FILES);
    let words = format!("certificate verify {}", page(office, &number).display());
    let ja = office.run(&format!("--lang ja {words}")).ok().out;
    for said in [
        CERTIFICATE,
        &number,
        "2026-11-21",
        "見本太郎",
        "対象 4 件：消去 4",
        "署名者: 確認済 SHA256:",
        "検証済",
        "誤りはなく、紙面も記録のとおりです",
    ] {
        assert!(ja.contains(said), "{said}: {ja}");
    }
    assert!(office.run(&format!("--lang en {words}")).ok().out.contains("4 in all: erased 4"));
    assert!(nowhere(office, &page(office, &number), "").ok().err.contains("nobody checked who issued it"));
}

#[test]
fn what_is_not_among_the_erased_is_named_on_standard_output_alone() {
    let opened = opened();
    let office = &opened.office;
    let [first, second, _, empty] = FILES;
    let items = [
        item(&opened.key, first.0, first.1, "erased"),
        item(&opened.key, second.0, second.1, "failed"),
        item(&opened.key, empty.0, empty.1, "erased"),
    ];
    let number = issue(office, draft(office, &items));
    let words = format!("--bundle {} --identity key.txt", opened.bundle);
    let told = verify(office, &page(office, &number), &words).fails(3);
    let json = told.json();
    assert_eq!((&json["result"], kinds(&json)), (&json!("not_covered"), vec!["not_covered"]));
    let coverage = &json["coverage"];
    assert_eq!((&coverage["files"], &coverage["covered"]), (&json!(4), &json!(2)));
    assert_eq!((&coverage["not_erased"], &coverage["not_listed"]), (&json!(["名簿/還付.csv"]), &json!([])));
    let twice = coverage["too_few"].as_array().unwrap();
    assert!(twice.len() == 1 && (twice[0] == "名簿/対象者.csv" || twice[0] == "名簿/写し.csv"), "{coverage}");
    assert!(told.err.contains("4 件のうち 2 件は、消去済みと確かめられません"), "{told:?}");
    assert!(!told.err.contains(".csv"), "{told:?}");
    let entry = office.last_of("certificate_verify");
    assert_eq!((&entry["result"], &entry["facts"]["covered"]), (&json!("in_part"), &json!(2)));
    assert!(!entry.to_string().contains(".csv"), "{entry}");
    let path = page(office, &number);
    let plain = office.run(&format!("--lang ja certificate verify {} {words}", path.display())).fails(3);
    assert!(
        plain.out.contains("同じ内容が2つあれば、消去済みの項目も2つ必要です") && plain.out.contains("名簿/還付.csv")
    );
    assert!(!plain.err.contains(".csv"), "{plain:?}");
    // Files nobody erased.
    let other = certificate(office, &opened.key, &[("x", b"another")]);
    let json = verify(office, &page(office, &other), &words).fails(3).json();
    assert_eq!(json["coverage"]["not_listed"].as_array().unwrap().len(), 4);
    // The same under another key: what is told by one key is not told by another, unless it is the case's own.
    let foreign = certificate(office, &[7; 32], &FILES);
    assert_eq!(verify(office, &page(office, &foreign), &words).fails(3).json()["coverage"]["covered"], 0);
    fs::write(office.folder().join("keys/fingerprint"), "07".repeat(32)).unwrap();
    assert_eq!(verify(office, &page(office, &foreign), &words).ok().json()["coverage"]["covered"], 4);
}

#[test]
fn files_of_a_case_are_told_by_its_own_key() {
    let office = Office::new();
    let key = [9; 32];
    let number = certificate(&office, &key, &FILES[..2]);
    let sums = tool("sha256sum", [office.desk.file("a", FILES[0].1), office.desk.file("b", FILES[1].1)]);
    let manifest = office.desk.file("sums.txt", sums.stdout);
    let words = format!("--manifest {}", manifest.display());
    let failed = verify(&office, &page(&office, &number), &words).fails(1);
    assert_eq!(failed.kind(), "no_fingerprint_key");
    fs::write(office.folder().join("keys/fingerprint"), key).unwrap();
    assert_eq!(verify(&office, &page(&office, &number), &words).ok().json()["coverage"]["covered"], 2);
    let no = office.desk.file("no.txt", "名簿\n");
    let words = format!("--manifest {}", no.display());
    assert_eq!(verify(&office, &page(&office, &number), &words).fails(1).kind(), "not_a_manifest");
}

#[test]
fn a_record_or_signature_that_was_altered_is_found() {
    let office = Office::new();
    let number = certificate(&office, &[1; 32], &FILES);
    let other = certificate(&office, &[1; 32], &FILES[..1]);
    let (pdf, json) = (fs::read(page(&office, &number)).unwrap(), fs::read(record(&office, &number)).unwrap());
    let name = format!("{number}.json");
    let (at, signed_at) = (attached_stream(&pdf, &name), attached_stream(&pdf, &format!("{name}.sig")));
    let altered = String::from_utf8(json.clone()).unwrap().replacen("見本太郎", "見本次郎", 1).into_bytes();
    let enemy = SigningKey::generate().unwrap();
    let by_enemy = enemy.sign("record@tewatashi", &json).unwrap();
    let of_other = fs::read(record(&office, &other).with_extension("json.sig")).unwrap();
    let as_bundle = SigningKey::load(&office.key()).unwrap().key.sign("bundle@tewatashi", &json).unwrap();
    let root = certified::number_after(&certified::latin(&pdf[pdf.len() - 200..]), "/Root ");
    let spec = certified::specification(&pdf, &name);
    let attach =
        |names: &str| format!("<</Type/Catalog/Pages 1 0 R/Names<</EmbeddedFiles<</Names[{names}]>>>>>>").into_bytes();
    let twice = attach(&format!("(a){spec} 0 R(b){spec} 0 R"));
    let bomb = packed(&vec![0; (64 << 20) + 1]);
    let in_place = {
        let text = certified::latin(&pdf);
        let object = text.find(&format!("\n{at} 0 obj")).unwrap();
        let stream = object + text[object..].find("stream\n").unwrap() + 7;
        let mut bytes = pdf.clone();
        bytes[stream + 100] ^= 1;
        bytes
    };
    for (what, bytes, code, kind) in [
        ("the record changed", revised(&pdf, &[(at, packed(&altered))]), 11, "signature_bad"),
        ("one byte of it in its place", in_place, 11, "record_unreadable"),
        ("signed by another key", revised(&pdf, &[(signed_at, packed(by_enemy.as_bytes()))]), 11, "other_key"),
        ("the signature of another record", revised(&pdf, &[(signed_at, packed(&of_other))]), 11, "signature_bad"),
        ("signed as another thing", revised(&pdf, &[(signed_at, packed(as_bundle.as_bytes()))]), 11, "signature_bad"),
        ("no signature", revised(&pdf, &[(root, attach(&format!("(a){spec} 0 R")))]), 11, "signature_missing"),
        ("nothing attached", revised(&pdf, &[(root, attach(""))]), 1, "not_a_certificate"),
        ("attached twice", revised(&pdf, &[(root, twice)]), 11, "record_unreadable"),
        ("a bomb", revised(&pdf, &[(at, bomb)]), 11, "record_unreadable"),
        (
            "the record of another",
            revised(&pdf, &[(at, packed(&fs::read(record(&office, &other)).unwrap()))]),
            11,
            "signature_bad",
        ),
        ("cut off", pdf[..pdf.len() / 2].to_vec(), 1, "not_a_certificate"),
        ("no PDF", b"\x89PNG".to_vec(), 1, "not_a_certificate"),
        ("JSON of others", b"{\"a\":1}".to_vec(), 1, "not_a_certificate"),
        ("the record with a line break", [&json[..], b"\n"].concat(), 11, "record_unreadable"),
    ] {
        let file = office.desk.file("altered", bytes);
        for run in [verify(&office, &file, ""), nowhere(&office, &file, "")] {
            let told = run.fails(code).json();
            let found =
                if told["error"].is_null() { kinds(&told) } else { vec![told["error"]["kind"].as_str().unwrap()] };
            assert!(found.contains(&kind), "{what}: {told}");
        }
    }
    // The record alone, without its signature: the ledger knows better, and elsewhere nobody can tell.
    let alone = office.desk.file("alone/D-0001.json", &altered);
    assert_eq!(kinds(&verify(&office, &alone, "").fails(11).json()), ["record_altered"]);
    let told = nowhere(&office, &alone, "").fails(1).json();
    assert_eq!((&told["result"], kinds(&told)), (&json!("incomplete"), vec!["unproved"]));
    // With a signature of the enemy's, and his key named in it.
    let theirs = String::from_utf8(altered).unwrap().replacen(&office_key(&office), &enemy.fingerprint(), 1);
    let forged = office.desk.file("forged/D-0001.json", &theirs);
    office.desk.file("forged/D-0001.json.sig", enemy.sign("record@tewatashi", theirs.as_bytes()).unwrap());
    assert_eq!(kinds(&verify(&office, &forged, "").fails(11).json()), ["record_altered"]);
    let told = nowhere(&office, &forged, "").ok();
    assert_eq!(told.json()["signer"]["known"], false, "{told:?}");
    assert!(told.err.contains("signer: unconfirmed"), "{told:?}");
    let told = nowhere(&office, &forged, &format!("--signer {}", office_key(&office))).fails(11).json();
    assert_eq!(kinds(&told), ["other_signer"]);
}

fn office_key(office: &Office) -> String {
    SigningKey::load(&office.key()).unwrap().key.fingerprint()
}

#[test]
fn the_page_is_held_against_its_record() {
    let office = Office::new();
    let number = certificate(&office, &[1; 32], &FILES);
    let pdf = fs::read(page(&office, &number)).unwrap();
    let text = certified::latin(&pdf);
    let contents: Vec<u32> =
        text.match_indices("/Contents ").map(|(at, _)| certified::number_after(&text[at..], "/Contents ")).collect();
    // The first page shows nothing any more; what is attached stays.
    let blank = office.desk.file("blank.pdf", revised(&pdf, &[(contents[0], packed(b" "))]));
    for run in [verify(&office, &blank, "").ok(), nowhere(&office, &blank, "").ok()] {
        let told = run.json();
        assert_eq!((&told["page"], &told["print"]), (&json!("differs"), &Value::Null));
        let notices: Vec<&str> = told["notices"].as_array().unwrap().iter().map(|n| n.as_str().unwrap()).collect();
        assert!(notices.contains(&"page_differs") && notices.contains(&"revised"), "{told}");
        assert!(!told["checked"].as_array().unwrap().contains(&json!("page")));
    }
    assert!(verify(&office, &blank, "").err.contains("紙面を信用せず"));
    // A copy that was printed later is what it says it is, with its ledger and without.
    office.json(&format!("print {number} --out copy.pdf"));
    let copy = office.desk.path("copy.pdf");
    let told = verify(&office, &copy, "").ok().json();
    assert_eq!((&told["print"], &told["page"]), (&json!("reprint"), &json!("matches")));
    assert_eq!(nowhere(&office, &copy, "").ok().json()["page"], "matches");
    // What was printed before a form was edited is still known by its hash.
    office.json("form export erasure");
    let form = office.folder().join("forms/erasure.typ");
    fs::write(&form, fs::read_to_string(&form).unwrap().replace("#title()", "#title()#v(3mm)")).unwrap();
    let told = verify(&office, &page(&office, &number), "").ok().json();
    assert_eq!((&told["print"], &told["notices"]), (&json!("first"), &json!([])));
    // Out of force.
    office.json(&format!("void {number} --reason 宛先の誤り"));
    let told = verify(&office, &page(&office, &number), "").fails(1);
    assert_eq!((&told.json()["result"], kinds(&told.json())), (&json!("voided"), vec!["document_voided"]));
    assert!(told.err.contains("取り消されています"), "{told:?}");
}

#[test]
fn the_list_must_be_the_one_the_record_pins() {
    let office = Office::new();
    let number = certificate(&office, &[1; 32], &FILES);
    let list = list_of(&office);
    let bytes = fs::read(&list).unwrap();
    desk::flip(&list, bytes.len() / 2);
    let told = verify(&office, &page(&office, &number), "").fails(11).json();
    assert_eq!(kinds(&told), ["list_altered"]);
    fs::write(&list, bytes).unwrap();
    let elsewhere = office.desk.path("list.jsonl");
    fs::rename(&list, &elsewhere).unwrap();
    let told = verify(&office, &page(&office, &number), "").ok().json();
    assert_eq!(told["list"], json!({ "file": null, "items": 4 }), "the record has them too");
    let told = nowhere(&office, &page(&office, &number), &format!("--list {}", elsewhere.display())).ok().json();
    assert!(told["checked"].as_array().unwrap().contains(&json!("list")), "{told}");
    let other = office.desk.file("other.jsonl", "{}\n");
    let words = format!("--list {}", other.display());
    assert_eq!(kinds(&verify(&office, &page(&office, &number), &words).fails(11).json()), ["list_altered"]);
}

#[test]
fn a_long_list_stands_in_its_file_alone() {
    let office = Office::new();
    let items: Vec<Value> =
        (0..10_001).map(|n: u32| item(&[1; 32], &format!("f{n}"), &n.to_le_bytes(), "erased")).collect();
    let number = issue(&office, draft(&office, &items));
    let told = verify(&office, &page(&office, &number), "").ok().json();
    assert_eq!((&told["list"]["items"], &told["page"]), (&json!(10_001), &json!("matches")));
    fs::rename(list_of(&office), office.desk.path("away")).unwrap();
    let told = verify(&office, &page(&office, &number), "").ok().json();
    assert_eq!((&told["list"], &told["notices"]), (&Value::Null, &json!(["list_missing"])));
    let sums = office.desk.file("sums", format!("{}  a\n", "0f".repeat(32)));
    fs::write(office.folder().join("keys/fingerprint"), [1; 32]).unwrap();
    let told = verify(&office, &page(&office, &number), &format!("--manifest {}", sums.display())).fails(1).json();
    assert_eq!((&told["result"], kinds(&told)), (&json!("incomplete"), vec!["no_list"]));
}

#[test]
fn a_certificate_that_contradicts_itself_is_none_whoever_signed_it() {
    let office = Office::new();
    let failed = || vec![item(&[1; 32], "a", b"a", "erased"), item(&[1; 32], "b", b"b", "failed")];
    let mut dressed = draft(&office, &failed());
    dressed.title = CERTIFICATE.to_owned();
    dressed.sheet.result = Some(Outcome::Erased);
    let mut counted = draft(&office, &failed());
    counted.sheet.annex.total = Some(1.into());
    let mut code = draft(&office, &failed());
    code.code = Some("2-7K3MX-RKUHK-NBED3-N8A4E".into());
    for (draft, kind) in [(dressed, "contradiction"), (counted, "contradiction")] {
        let number = issue(&office, draft);
        let told = verify(&office, &page(&office, &number), "").fails(11);
        assert_eq!(kinds(&told.json()), [kind], "{told:?}");
        assert!(told.err.contains("食い違っています"), "{told:?}");
    }
    let number = issue(&office, draft(&office, &failed()));
    assert_eq!(verify(&office, &page(&office, &number), "").ok().json()["title"], "電子データ消去結果報告書");
    let number = issue(&office, code);
    let told = verify(&office, &page(&office, &number), "").fails(11).json();
    assert!(kinds(&told).iter().any(|kind| ["ledger_code", "ledger_broken"].contains(kind)), "{told}");
}

#[test]
fn a_certificate_from_another_ledger_is_checked_as_far_as_that_goes() {
    let (ours, theirs) = (Office::new(), Office::new());
    let number = certificate(&theirs, &[1; 32], &FILES);
    let told = verify(&ours, &page(&theirs, &number), "").ok();
    let json = told.json();
    assert_eq!(json["notices"], json!(["other_ledger"]), "{told:?}");
    assert_eq!(json["not_checked"], json!(["signer_known", "record", "in_force", "ledger_code", "print", "coverage"]));
    assert!(told.err.contains("署名者: 未確認"), "{told:?}");
    assert_eq!(ours.last()["subjects"][0]["type"], "ledger", "its number is not one of ours");
    let told = verify(&ours, &page(&theirs, &number), &format!("--signer {}", office_key(&theirs))).ok().json();
    assert_eq!(told["signer"]["known"], true);
    // Where there is no case none is made.
    let told = nowhere(&theirs, &page(&theirs, &number), "").ok().json();
    assert_eq!(told["notices"], json!(["no_ledger"]));
    assert!(!theirs.desk.path("nowhere/default").exists());
}

#[test]
fn any_document_with_a_record_can_be_checked_but_a_slip() {
    let office = Office::new();
    office.desk.file("名簿.csv", "氏名\n");
    office.json("pack 名簿.csv --to medium --slip slip.pdf");
    let told = verify(&office, &page(&office, "D-0003"), "").ok().json();
    assert_eq!(
        (&told["form"], &told["page"], &told["print"]),
        (&json!("transfer"), &json!("matches"), &json!("first"))
    );
    assert_eq!(told["not_checked"], json!(["signature", "signer_known", "list", "agreement", "coverage"]));
    let told = verify(&office, &record(&office, "D-0003"), "").ok().json();
    assert!(told["checked"].as_array().unwrap().contains(&json!("signature")), "its signature lies beside it: {told}");
    for slip in [office.desk.path("slip.pdf"), record(&office, "D-0001")] {
        assert_eq!(verify(&office, &slip, "").fails(4).kind(), "slip_no_certificate");
    }
}

#[test]
fn stock_tools_check_what_the_page_carries() {
    let office = Office::new();
    let number = certificate(&office, &[1; 32], &FILES);
    let out = office.desk.path("out");
    fs::create_dir(&out).unwrap();
    tool("pdfdetach", ["-saveall".as_ref(), "-o".as_ref(), out.as_os_str(), page(&office, &number).as_os_str()]);
    let line = office.json("key show")["keys"][0]["key"].as_str().unwrap().to_owned();
    let signers = office.desk.file("signers", format!("tewatashi {line}\n"));
    let mut check = Command::new("ssh-keygen");
    check.args(["-Y", "verify", "-I", "tewatashi", "-n", "record@tewatashi", "-f"]).arg(&signers);
    check.arg("-s").arg(out.join(format!("{number}.json.sig")));
    done(check.stdin(fs::File::open(out.join(format!("{number}.json"))).unwrap()));
    assert_eq!(fs::read(out.join(format!("{number}.json"))).unwrap(), fs::read(record(&office, &number)).unwrap());
}

/// As docs/records.md says it.
#[test]
fn stock_tools_find_what_a_certificate_does_not_cover() {
    let opened = opened();
    let office = &opened.office;
    let digits = tewatashi::digest::hex(&opened.key);
    let script = format!(
        "jq -r 'select(.result == \"erased\") | .fingerprint' \"$1\" | sort > erased
        cut -c-64 \"$2\" | while read h; do printf %s \"$h\" | xxd -r -p |
          openssl dgst -sha256 -mac HMAC -macopt hexkey:{digits} -r | cut -c-64; done | sort > wanted
        comm -13 erased wanted"
    );
    for (files, left) in [(&FILES[..], 0), (&FILES[..2], 2)] {
        certificate(office, &opened.key, files);
        let mut shell = Command::new("sh");
        shell.args(["-euc", &script, "sh"]).arg(list_of(office)).arg(opened.folder.join("manifest-sha256.txt"));
        let told = done(shell.current_dir(office.desk.path("")));
        assert_eq!(String::from_utf8(told.stdout).unwrap().lines().count(), left);
        fs::remove_file(list_of(office)).unwrap();
    }
}

#[test]
fn photographs_are_printed_again_and_only_as_they_were() {
    let office = Office::new();
    let mut shown = draft(&office, &[item(&[1; 32], "a", b"a", "erased")]);
    let told = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/forms/photo-told.jpg");
    shown.photos = vec![photo(&told)];
    let number = issue(&office, shown);
    let pdf = fs::read(page(&office, &number)).unwrap();
    for mark in [&b"GPS-MARK"[..], b"MAKER-MARK", b"COMMENT-MARK", b"XMP-MARK", b"BEHIND-MARK"] {
        assert!(!pdf.windows(mark.len()).any(|window| window == mark));
    }
    assert_eq!(verify(&office, &page(&office, &number), "").ok().json()["page"], "matches");
    office.json(&format!("print {number} --out copy.pdf"));
    let images = tool("pdfimages", ["-list".as_ref(), office.desk.path("copy.pdf").as_os_str()]);
    assert!(String::from_utf8(images.stdout).unwrap().contains("jpeg"), "it is on the copy too");
    let named: Value = serde_json::from_slice(&fs::read(record(&office, &number)).unwrap()).unwrap();
    let kept = office.folder().join("records").join(named["fields"]["photographs"][0]["file"].as_str().unwrap());
    let bytes = fs::read(&kept).unwrap();
    desk::flip(&kept, bytes.len() / 2);
    assert_eq!(office.run(&format!("--json print {number} --out x.pdf")).fails(11).kind(), "photo_altered");
    fs::remove_file(&kept).unwrap();
    assert_eq!(office.run(&format!("--json print {number} --out x.pdf")).fails(1).kind(), "photo_missing");
    let told = verify(&office, &page(&office, &number), "").ok().json();
    assert_eq!(
        (&told["page"], &told["print"], &told["notices"]),
        (&Value::Null, &json!("first"), &json!(["page_not_made"]))
    );
    assert!(!office.desk.path("x.pdf").exists());
}
