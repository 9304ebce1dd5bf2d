//! Documents: what `pack`, `open` and `verify` put on paper, under which numbers, and what never gets there.

#![cfg(target_os = "linux")]

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

#[path = "common/desk.rs"]
mod desk;
#[path = "common/loopfs.rs"]
mod loopfs;
#[path = "common/office.rs"]
mod office;
use desk::{Run, done, holding, needs_root, tool};
use loopfs::LoopFs;
use office::Office;
use tewatashi::passphrase::Passphrase;

/// Packs with a page as the slip; the run's JSON.
fn packed(office: &Office, more: &str) -> Value {
    office.desk.file("名簿.csv", "氏名,住所\n");
    office.json(&format!("pack 名簿.csv --to medium --slip slip.pdf {more}"))
}

/// The text of a page without any space: titles are set wide.
fn text_of(pdf: &Path) -> String {
    let output = tool("pdftotext", [pdf.as_os_str(), "-".as_ref()]);
    String::from_utf8(output.stdout).unwrap().split_whitespace().collect()
}

/// The passphrase that the code on the page gives to a camera.
fn scanned(office: &Office, pdf: &Path) -> Vec<String> {
    let picture = office.desk.path("page");
    tool("pdftoppm", ["-r".as_ref(), "150".as_ref(), "-png".as_ref(), pdf.as_os_str(), picture.as_os_str()]);
    let pages = fs::read_dir(office.desk.path("")).unwrap().map(|e| e.unwrap().path());
    let page = pages.filter(|p| p.extension().is_some_and(|e| e == "png")).min().unwrap();
    let output = tool("zbarimg", ["--raw".as_ref(), "-q".as_ref(), page.as_os_str()]);
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

fn passphrase_on(office: &Office, pdf: &Path) -> String {
    scanned(office, pdf).into_iter().find(|text| Passphrase::parse(text).is_ok()).expect("a code with the passphrase")
}

fn records(office: &Office) -> PathBuf {
    office.folder().join("records")
}

#[test]
fn a_bundle_goes_out_with_a_slip_its_stub_and_a_transfer_record() {
    let office = Office::new();
    let told = packed(&office, "--title 意識調査 --items 氏名,住所 --subjects 12 --medium-id USB-0712");
    let documents: Vec<(&str, &str)> = told["documents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| (d["kind"].as_str().unwrap(), d["number"].as_str().unwrap()))
        .collect();
    assert_eq!(documents, [("password_slip", "D-0001"), ("slip-stub", "D-0002"), ("transfer", "D-0003")]);
    let slip = office.desk.path("slip.pdf");
    assert_eq!(slip.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let passphrase = passphrase_on(&office, &slip);
    let page = text_of(&slip);
    for said in ["パスワード通知書", "D-0001", "USB-0712", "見本印刷", "35桁", "オオモジ", "取扱注意", &passphrase[..5]]
    {
        assert!(page.contains(said), "{said}: {page}");
    }
    for content in ["意識調査", "氏名", "住所", "名簿"] {
        let page = page.replace("氏名", if content == "氏名" { "" } else { "氏名" });
        assert!(!page.contains(content), "the slip says what is inside: {content}");
    }
    assert!(!records(&office).join("D-0001.pdf").exists(), "its page is kept nowhere");
    let transfer = text_of(&records(&office).join("D-0003.pdf"));
    let bundle = told["id"].as_str().unwrap();
    let sha256 = told["volumes"][0]["sha256"].as_str().unwrap();
    for said in ["甲保管用", "乙保管用", "意識調査", "氏名、住所", "12", "USB-0712", "D-0001", bundle, sha256, "agev1"]
    {
        assert!(transfer.contains(said), "{said}: {transfer}");
    }
    assert!(!transfer.contains(&passphrase) && !transfer.contains(&passphrase[..5]));
    let stub = text_of(&records(&office).join("D-0002.pdf"));
    assert!(stub.contains("D-0001") && stub.contains("パスワード通知書交付控"), "{stub}");
    // The passphrase on the page is the one that opens.
    fs::write(office.desk.path("typed"), &passphrase).unwrap();
    let opened = office.json(&format!("open medium/{bundle} --to opened --passphrase-file typed"));
    assert_eq!(opened["documents"][0]["number"], "D-0004");
    let confirmation = text_of(&records(&office).join("D-0004.pdf"));
    let code = opened["opening_code"].as_str().unwrap();
    assert!(confirmation.contains("開封確認書") && confirmation.contains(code), "{confirmation}");
    office.is_whole();
}

#[test]
fn every_record_is_signed_pinned_and_travels_inside_its_page() {
    let office = Office::new();
    packed(&office, "");
    let line = office.json("key show")["keys"][0]["key"].as_str().unwrap().to_owned();
    let signers = office.desk.file("signers", format!("tewatashi {line}\n"));
    for number in ["D-0001", "D-0002", "D-0003"] {
        let record = records(&office).join(format!("{number}.json"));
        let mut check = Command::new("ssh-keygen");
        check.args(["-Y", "verify", "-I", "tewatashi", "-n", "record@tewatashi", "-f"]).arg(&signers);
        check.arg("-s").arg(records(&office).join(format!("{number}.json.sig")));
        done(check.stdin(fs::File::open(&record).unwrap()));
        let entries = office.entries();
        let facts = &entries.iter().find(|e| e["facts"]["number"] == number).unwrap()["facts"];
        let sha256 = tool("sha256sum", [&record]);
        assert!(sha256.stdout.starts_with(facts["record_sha256"].as_str().unwrap().as_bytes()), "{number}");
        if number != "D-0001" {
            let to = office.desk.path("attached");
            tool(
                "pdfdetach",
                [
                    "-save".as_ref(),
                    "1".as_ref(),
                    "-o".as_ref(),
                    to.as_os_str(),
                    record.with_extension("pdf").as_os_str(),
                ],
            );
            assert_eq!(fs::read(&to).unwrap(), fs::read(&record).unwrap(), "{number}");
        }
    }
}

/// Everything a run wrote, unpacked: the streams of pages too.
fn all_that_was_written(office: &Office) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![office.desk.path("")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path != office.desk.path("slip.pdf") {
                let bytes = fs::read(&path).unwrap();
                let plain = if bytes.starts_with(b"%PDF") { inflated(&bytes) } else { bytes };
                found.push((path, plain));
            }
        }
    }
    found
}

/// A PDF with its streams unpacked behind it.
fn inflated(pdf: &[u8]) -> Vec<u8> {
    let mut plain = pdf.to_vec();
    let begins = b"stream\n";
    for at in (0..pdf.len()).filter(|&at| pdf[at..].starts_with(begins) && !pdf[..at].ends_with(b"end")) {
        if let Ok(stream) = miniz_oxide::inflate::decompress_to_vec_zlib(&pdf[at + begins.len()..]) {
            plain.extend(stream);
        }
    }
    plain
}

#[test]
fn nothing_but_the_slip_holds_the_passphrase() {
    let office = Office::new();
    let told = packed(&office, "--title 調査 --items 氏名");
    let slip = office.desk.path("slip.pdf");
    let passphrase = passphrase_on(&office, &slip);
    fs::read_dir(office.desk.path("")).unwrap().map(|e| e.unwrap().path()).for_each(|path| {
        if path.extension().is_some_and(|e| e == "png") {
            fs::remove_file(path).unwrap();
        }
    });
    let typed = office.desk.path("typed");
    fs::write(&typed, &passphrase).unwrap();
    let bundle = told["id"].as_str().unwrap();
    office.json(&format!("open medium/{bundle} --to opened --passphrase-file typed"));
    office.json(&format!("verify medium/{bundle} --passphrase-file typed --confirmation"));
    office.json("ledger export register.pdf");
    office.json("print D-0003");
    fs::remove_file(typed).unwrap();
    let written = all_that_was_written(&office);
    assert!(written.iter().any(|(path, _)| path.ends_with("ledger.db")), "the ledger is among them");
    let mut pages = 0;
    for (path, bytes) in &written {
        pages += usize::from(bytes.starts_with(b"%PDF"));
        for needle in passphrase.split('-').chain([passphrase.as_str()]) {
            let found = bytes.windows(needle.len()).any(|window| window == needle.as_bytes());
            assert!(!found, "{} holds {needle}", path.display());
        }
    }
    let names: Vec<_> = written.iter().filter(|(_, b)| b.starts_with(b"%PDF")).map(|(p, _)| p).collect();
    assert_eq!(pages, 7, "stub, record, confirmations of open and verify, register twice, copy: {names:?}");
    // The way of looking finds it where it is: fonts turn text into glyphs, so the page is read back as text.
    for page in written.iter().filter(|(_, bytes)| bytes.starts_with(b"%PDF")) {
        assert!(!text_of(&page.0).contains(&passphrase[..5]), "{}", page.0.display());
    }
    assert!(text_of(&slip).contains(&passphrase[..5]));
    assert!(
        !inflated(&fs::read(&slip).unwrap()).windows(35).any(|w| w == passphrase.as_bytes()),
        "not in its metadata"
    );
}

#[test]
fn a_document_is_printed_again_as_a_copy_and_a_slip_never() {
    let office = Office::new();
    packed(&office, "");
    for nth in 1..=2 {
        let told = office.json(&format!("print d-0003 --out copy-{nth}.pdf"));
        let mark = format!("写し（再出力 第{nth}回）");
        assert_eq!(told["mark"], mark);
        let page = text_of(&office.desk.path(&format!("copy-{nth}.pdf")));
        assert!(page.contains("D-0003") && page.contains(&mark.replace(' ', "")), "{page}");
    }
    let refused = office.run("--json --lang ja print D-0001").fails(4);
    assert_eq!(refused.kind(), "slip_again");
    assert!(refused.err.contains("再び印刷できません"), "{refused:?}");
    assert_eq!(office.last()["result"], "refused", "the attempt stays");
    assert_eq!(office.run("--json print D-0099").fails(1).kind(), "no_document");
    // Taken out of force, its number stays.
    office.run("void D-0003 --reason 宛先の誤り").ok();
    office.run("--json void D-0003 --reason もう一度").fails(4);
    office.json("print D-0003 --out void.pdf");
    assert!(text_of(&office.desk.path("void.pdf")).contains("取消"));
    let listed = office.json("print --list");
    assert_eq!(listed["documents"][2]["number"], "D-0003");
    assert!(listed["documents"][2]["voided"].is_u64(), "{listed}");
    office.is_whole();
}

#[test]
fn the_same_record_gives_the_same_bytes() {
    let office = Office::new();
    packed(&office, "");
    office.json("void D-0003 --reason 見本");
    office.json("print D-0003 --out one.pdf");
    std::thread::sleep(Duration::from_millis(1100));
    office.json("print D-0003 --out two.pdf");
    let read = |name: &str| fs::read(office.desk.path(name)).unwrap();
    assert!(read("one.pdf") == read("two.pdf"), "two runs, a second apart");
}

#[test]
fn a_changed_record_page_or_signature_is_found_and_not_printed() {
    let office = Office::new();
    packed(&office, "");
    for file in ["D-0003.json", "D-0003.json.sig", "D-0002.pdf"] {
        let path = records(&office).join(file);
        let bytes = fs::read(&path).unwrap();
        desk::flip(&path, bytes.len() / 2);
        let finding = json!([{ "what": "record_altered", "document": &file[..6], "file": file }]);
        office.finds("", &finding, &["台帳が控えたものと違います"]);
        if file == "D-0003.json" {
            assert_eq!(office.run("--json print D-0003").fails(11).kind(), "record_altered");
        }
        fs::write(&path, bytes).unwrap();
    }
    let away = records(&office).join("D-0002.json");
    fs::remove_file(away).unwrap();
    let told = office.json("ledger verify");
    assert_eq!(told["notices"], json!([{ "what": "record_missing", "document": "D-0002" }]));
    assert_eq!(told["records"], 2);
}

#[test]
fn numbers_run_without_gaps_whoever_issues_at_the_same_time() {
    let office = Office::new();
    office.desk.file("名簿.csv", "氏名");
    let (_, public) = office.desk.key("key.txt");
    let running: Vec<_> = (0..6)
        .map(|_| {
            let mut command = office.command(&format!("--json pack 名簿.csv --to medium --recipient {public}"));
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    let numbers: BTreeSet<String> = running
        .into_iter()
        .map(|child| {
            let told = Run::came(child.wait_with_output().unwrap(), true).ok().json();
            told["documents"][0]["number"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(numbers, (1..=6).map(|n| format!("D-{n:04}")).collect());
    office.is_whole();
}

#[test]
fn whoever_kills_the_program_leaves_no_number_without_its_record() {
    let office = Office::new();
    office.desk.file("名簿.csv", "氏名");
    let (_, public) = office.desk.key("key.txt");
    let mut midst = 0;
    for round in 0..20 {
        let mut command = office.command(&format!("pack 名簿.csv --to medium --no-read-back --recipient {public}"));
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(40 + 25 * round));
        midst += u32::from(child.try_wait().unwrap().is_none());
        let _ = child.kill();
        child.wait().unwrap();
    }
    assert!(midst > 5, "{midst} were killed at work");
    let told = office.json("ledger verify --full");
    assert_eq!((&told["findings"], &told["result"]), (&json!([]), &json!("ok")), "{told}");
    assert!(!told["notices"].as_array().unwrap().iter().any(|n| n["what"] == "record_missing"), "{told}");
    // What a kill left out is issued when it is asked for.
    let entries = office.entries();
    let packs = entries.iter().filter(|e| e["kind"] == "pack" && e["result"] == "done");
    for pack in packs {
        let bundle = pack["subjects"][0]["id"].as_str().unwrap();
        office.json(&format!("print {bundle}"));
        let again = office.json(&format!("print {bundle}"));
        assert_eq!(again["documents"], json!([]), "once");
    }
    let count = |kind: &str| office.entries().iter().filter(|e| e["kind"] == kind && e["result"] == "done").count();
    assert_eq!(count("pack"), count("document"));
    office.is_whole();
}

#[test]
fn a_slip_whose_bundle_does_not_come_to_be_goes_and_its_number_stays_void() {
    needs_root();
    let office = Office::new();
    office.desk.file("名簿.csv", "氏名");
    // The medium turns read-only between slip and name: the slip comes out of a pipe that is read slowly.
    let disk = office.desk.path("disk");
    fs::create_dir(&disk).unwrap();
    done(Command::new("mount").args(["-t", "tmpfs", "-o", "size=8m", "none"]).arg(&disk));
    let slip = office.desk.path("slip.pdf");
    let mut command = office.command("--json pack 名簿.csv --to disk --no-read-back --slip slip.pdf");
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut frozen = false;
    while child.try_wait().unwrap().is_none() {
        if !frozen && slip.exists() {
            frozen = Command::new("mount").args(["-o", "remount,ro"]).arg(&disk).status().unwrap().success();
        }
    }
    let ran = Run::came(child.wait_with_output().unwrap(), true);
    done(Command::new("umount").arg("-l").arg(&disk));
    if ran.code != 0 {
        assert!(!slip.exists(), "the slip is gone: {ran:?}");
        let listed = office.json("print --list");
        assert!(listed["documents"][0]["voided"].is_u64(), "{listed}");
        assert!(office.json("slip list")["slips"].as_array().unwrap().is_empty());
    }
    office.is_whole();
}

#[test]
fn the_file_of_a_slip_is_on_the_list_until_it_is_erased() {
    let office = Office::new();
    packed(&office, "");
    let slip = office.desk.path("slip.pdf");
    assert_eq!(office.json("slip list")["slips"][0]["number"], "D-0001");
    let reminded = office.run("--lang ja pack 名簿.csv --to medium --slip second.txt").ok();
    assert!(reminded.err.contains("通知書 D-0001 のファイルが残っています"), "{reminded:?}");
    assert!(reminded.err.contains("tewatashi slip erase D-0004") || reminded.out.contains("slip erase D-0004"));
    // Another file under its name is not touched.
    let bytes = fs::read(&slip).unwrap();
    fs::write(&slip, "議事録").unwrap();
    assert_eq!(office.run("--json slip erase D-0001").fails(4).kind(), "slip_other_file");
    assert_eq!(fs::read_to_string(&slip).unwrap(), "議事録");
    fs::remove_file(&slip).unwrap();
    std::os::unix::fs::symlink(office.desk.path("名簿.csv"), &slip).unwrap();
    office.run("slip erase D-0001").fails(4);
    fs::remove_file(&slip).unwrap();
    fs::write(&slip, bytes).unwrap();
    assert_eq!(office.json("slip erase d-0001")["result"], "overwritten");
    assert!(!slip.exists());
    fs::remove_file(office.desk.path("second.txt")).unwrap();
    assert_eq!(office.json("slip erase D-0004")["result"], "found_gone", "never more than was seen");
    assert_eq!(office.json("slip list")["slips"], json!([]));
    assert_eq!(office.run("--json slip erase D-0002").fails(1).kind(), "no_open_slip");
    office.is_whole();
}

#[test]
fn a_receipt_is_for_delivery_and_says_that_nothing_was_verified() {
    let office = Office::new();
    let told = packed(&office, "--no-documents");
    let bundle = told["id"].as_str().unwrap();
    let receipt = office.json(&format!("verify medium/{bundle} --receipt"));
    let number = receipt["documents"][0]["number"].as_str().unwrap();
    let page = text_of(&records(&office).join(format!("{number}.pdf")));
    for said in ["受領書", "あて", bundle, "未"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    office.run(&format!("verify medium/{bundle} --receipt --passphrase-file typed")).fails(2);
    assert_eq!(office.run(&format!("--json verify medium/{bundle} --confirmation")).fails(1).kind(), "no_paper");
}

#[test]
fn the_register_is_printed_with_a_number() {
    let office = Office::new();
    packed(&office, "--title 意識調査 --items 氏名,住所 --subjects 1234 --confirm-count 1234 --medium-id USB-0712");
    let told = office.json("ledger export 管理簿.pdf --year 令和8");
    let number = told["documents"][0]["number"].as_str().unwrap();
    let page = text_of(&office.desk.path("管理簿.pdf"));
    for said in ["個人情報管理簿", number, "USB-0712", "意識調査", "1,234", "D-0001", "令和8年度"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let same = fs::read(records(&office).join(format!("{number}.pdf"))).unwrap();
    assert!(same == fs::read(office.desk.path("管理簿.pdf")).unwrap());
    office.run("ledger export 管理簿.pdf").fails(4);
}

#[test]
fn a_register_that_was_issued_and_does_not_fit_where_it_was_asked_for_is_told_by_number_and_place() {
    let disk = LoopFs::tmpfs(1);
    let mut filling = fs::File::create(disk.path("filling")).unwrap();
    std::io::copy(&mut std::io::repeat(0), &mut filling).unwrap_err();
    let office = Office::new();
    packed(&office, "--title 意識調査 --items 氏名");
    let wanted = disk.path("管理簿.pdf");
    for (lang, said) in [("ja", "は発行しましたが"), ("en", "was issued, but could not be written")] {
        let told = office.run(&format!("--json --lang {lang} ledger export {}", wanted.display())).fails(3);
        let number = office.last_of("document")["facts"]["number"].as_str().unwrap().to_owned();
        let kept = records(&office).join(format!("{number}.pdf"));
        assert_eq!(told.kind(), "not_copied");
        assert_eq!(told.json()["error"]["subject"], kept.display().to_string());
        for word in [said, &number, &kept.display().to_string(), &format!("tewatashi print {number}")] {
            assert!(told.err.contains(word), "{word}: {told:?}");
        }
        assert!(kept.is_file() && !wanted.exists());
        assert_eq!(desk::names_in(&disk.mount_point()), ["filling"], "no draft stays");
        let entry = office.last_of("export");
        assert_eq!((&entry["result"], &entry["subjects"][0]["id"]), (&json!("in_part"), &json!(number)), "{entry}");
        // The way that is told leads there.
        office.json(&format!("print {number} --out {lang}.pdf"));
        assert!(text_of(&office.desk.path(&format!("{lang}.pdf"))).contains("意識調査"));
    }
    office.is_whole();
}

/// Runs the program where some font folders are empty.
fn without_fonts(office: &Office, hidden: &[&str], words: &str) -> Run {
    needs_root();
    let mounts: Vec<String> = hidden.iter().map(|folder| format!("mount -t tmpfs none {folder}; ")).collect();
    let mounts = mounts.concat();
    let inner = office.command(words);
    let mut outer = Command::new("unshare");
    outer.args(["-m", "sh", "-c", &format!("{mounts}exec \"$@\""), "sh"]).arg(inner.get_program());
    outer.args(inner.get_args());
    office.desk.settle(&mut outer);
    Run::of(&mut outer)
}

#[test]
fn without_fonts_nothing_is_begun_and_the_package_is_named() {
    let office = Office::new();
    office.desk.file("名簿.csv", "氏名");
    let words = "--json --lang ja pack 名簿.csv --to medium --slip slip.pdf";
    let told = without_fonts(&office, &["/usr/share/fonts"], words).fails(1);
    assert!(told.err.contains("fonts-morisawa-bizud-"), "{told:?}");
    desk::assert_empty(&office.desk.medium());
    assert!(!office.desk.path("slip.pdf").exists());
    assert_eq!(office.json("print --list")["documents"], json!([]));
    // Text and no documents need no font, and the way is told.
    let words = "--json --lang ja pack 名簿.csv --to medium --slip slip.txt";
    let told = without_fonts(&office, &["/usr/share/fonts"], words).fails(1);
    assert!(told.err.contains("--no-documents"), "{told:?}");
    without_fonts(&office, &["/usr/share/fonts"], &format!("{words} --no-documents")).ok();
}

#[test]
fn a_character_no_font_has_is_named_with_its_field_before_anything_is_issued() {
    let office = Office::new();
    office.desk.file("名簿.csv", "氏名");
    let words = "--json --lang ja pack 名簿.csv --to medium --slip slip.pdf --title 𠮷田様分 --items 氏名";
    let told = without_fonts(&office, &["/usr/share/fonts/truetype/ipamj"], words).fails(1);
    assert!(told.err.contains('𠮷') && told.err.contains("U+20BB7"), "{told:?}");
    desk::assert_empty(&office.desk.medium());
    assert!(holding(&office.desk.path("案件/records"), b"v").is_empty());
    // With the font it prints; a variant of a character comes back as it was said.
    let title = "𠮷田・葛\u{E0100}城様分";
    let told = office.json(&format!("pack 名簿.csv --to medium --slip slip.pdf --title {title}"));
    let number = told["documents"][2]["number"].as_str().unwrap();
    let page = text_of(&records(&office).join(format!("{number}.pdf")));
    assert!(page.contains('𠮷'), "{page}");
}

#[test]
fn the_code_on_a_page_pins_the_past_of_the_ledger() {
    let office = Office::new();
    let told = packed(&office, "");
    let page = PathBuf::from(told["documents"][2]["path"].as_str().unwrap());
    let codes = scanned(&office, &page);
    let [code] = codes.as_slice() else { panic!("one code on the page: {codes:?}") };
    let verdict = office.json(&format!("ledger verify --code {code}"));
    assert_eq!((&verdict["result"], &verdict["scope"]), (&json!("ok"), &json!("paper")));
    assert!(text_of(&page).contains(code), "the code is there to be typed, too");
}

#[test]
fn a_city_prints_its_own_form_with_a_field_of_its_own() {
    let office = Office::new();
    office.json("form export transfer");
    let form = office.folder().join("forms/transfer.typ");
    let text = fs::read_to_string(&form).unwrap();
    let line = "\n#align(right)[#d.extra.at(\"文書記号\", default: \"\")]\n";
    let at = text.find("#show: sheet").map(|at| at + text[at..].find('\n').unwrap()).unwrap();
    fs::write(&form, format!("{}{line}{}", &text[..at], &text[at..])).unwrap();
    office.edit("[forms.extra]\n", "[forms.extra]\n\"文書記号\" = \"架戸住第８号\"\n");
    let told = packed(&office, "");
    let page = PathBuf::from(told["documents"][2]["path"].as_str().unwrap());
    assert!(text_of(&page).contains("架戸住第８号"));
    // A mistake in it stops the work before anything is sealed.
    fs::write(&form, "#import \"common.typ\": *\n#show: sheet\n#nonsense()\n").unwrap();
    let refused = office.run("--json --lang ja pack 名簿.csv --to medium --slip other.pdf").fails(1);
    assert!(refused.err.contains("transfer.typ 3 行"), "{refused:?}");
    assert!(!office.desk.path("other.pdf").exists());
    assert_eq!(fs::read_dir(office.desk.medium()).unwrap().count(), 1, "the first bundle alone");
    // It travels with the case, as the records do.
    office.json("case backup 控え.tar");
    office.json("case restore 控え.tar --to 戻した案件 --reason 試し");
    assert_eq!(fs::read(office.desk.path("戻した案件/forms/transfer.typ")).unwrap(), fs::read(&form).unwrap());
}

#[test]
fn a_passphrase_of_the_senders_own_is_printed_as_it_is_typed() {
    let office = Office::new();
    office.desk.file("名簿.csv", "氏名");
    let own = "Kenshin-2026-Yamada!";
    office.desk.file("own.txt", own);
    let words = "pack 名簿.csv --to medium --own-passphrase --passphrase-file own.txt --slip slip.pdf";
    office.json(words);
    let slip = office.desk.path("slip.pdf");
    assert!(scanned(&office, &slip).iter().any(|text| text == own));
    assert!(text_of(&slip).contains("20桁"), "{}", text_of(&slip));
    let entries = office.entries();
    let facts = &entries.iter().find(|e| e["facts"]["form"] == "slip").unwrap()["facts"];
    assert!(facts.get("pdf_sha256").is_none(), "a short passphrase could be guessed from it: {facts}");
}

#[test]
fn a_form_whose_pages_lack_number_mark_or_record_prints_nothing() {
    let office = Office::new();
    packed(&office, "");
    let head = "#set document(title: \"x\", date: datetime(year: 2026, month: 1, day: 1))\n\
        #set text(font: \"BIZ UDMincho\", lang: \"ja\")\n";
    for (body, lacks) in [
        ("本文", "D-0003"),
        ("文書番号 D-0003", "写し（再出力 第1回）"),
        ("文書番号 D-0003 写し（再出力 第1回）#pagebreak()裏面", "D-0003"),
        ("文書番号 D-0003 写し（再出力 第1回）", "D-0003.json"),
    ] {
        office.desk.file("plain.typ", format!("{head}{body}"));
        let refused = office.run("--json --lang ja print D-0003 --form plain.typ --out page.pdf").fails(1);
        assert_eq!(refused.kind(), "unmarked");
        assert!(refused.err.contains(&format!("「{lacks}」がありません")), "{refused:?}");
        assert!(!office.desk.path("page.pdf").exists());
    }
    assert_eq!(office.json("print D-0003")["mark"], "写し（再出力 第1回）", "what was not printed is not counted");
}

#[test]
fn a_slip_whose_number_could_not_be_issued_is_taken_back() {
    let office = Office::new();
    office.desk.file("名簿.csv", "氏名");
    // Something in the way of the record: found after the slip was written.
    let in_the_way = records(&office).join("D-0001.json");
    fs::create_dir_all(in_the_way.join("x")).unwrap();
    let failed = office.run("--json pack 名簿.csv --to medium --slip slip.pdf").fails(1);
    assert!(failed.err.contains("D-0001.json"), "{failed:?}");
    assert!(!office.desk.path("slip.pdf").exists());
    desk::assert_empty(&office.desk.medium());
    assert_eq!(office.json("print --list")["documents"], json!([]));
    fs::remove_dir_all(&in_the_way).unwrap();
    let told = packed(&office, "");
    assert_eq!(told["documents"][0]["number"], "D-0001", "the number was not used up");
    office.is_whole();
}

#[test]
fn what_a_crash_left_under_a_number_does_not_pass_for_altered() {
    let office = Office::new();
    for stale in ["D-0001.pdf", "D-0001.json.sig", "D-0001.json", "D-0002.pdf"] {
        fs::write(records(&office).join(stale), "of a crash").unwrap();
    }
    packed(&office, "");
    assert!(!records(&office).join("D-0001.pdf").exists(), "a slip has no page here");
    office.is_whole();
}

#[test]
fn a_refused_hand_takes_no_number() {
    let office = Office::new();
    let told = packed(&office, "--operator 佐藤健");
    let bundle = told["id"].as_str().unwrap().to_owned();
    office.run("staff add 佐藤健 --role 監督員 --section 税務課 --trained 2026-04-01").ok();
    office.edit("unlisted_operator = \"warn\"", "unlisted_operator = \"refuse\"");
    office.run(&format!("print {bundle} --operator だれか")).fails(4);
    office.run("print D-0003 --operator だれか").fails(4);
    let receipt = office.json(&format!("verify medium/{bundle} --receipt --operator 佐藤健"));
    assert_eq!(receipt["documents"][0]["number"], "D-0004");
    office.is_whole();
}

#[test]
fn no_number_is_issued_twice_after_a_copy_was_brought_back() {
    let office = Office::new();
    let told = packed(&office, "");
    let bundle = told["id"].as_str().unwrap().to_owned();
    office.json("case backup 控え.tar");
    let issued = |office: &Office, place: &str| -> String {
        let mut command = office.desk.command(["--json", "verify", &format!("medium/{bundle}"), "--receipt"]);
        let told = Run::of(command.arg("--case").arg(office.desk.path(place))).ok().json();
        told["documents"][0]["number"].as_str().unwrap().to_owned()
    };
    assert_eq!(issued(&office, "案件"), "D-0004");
    office.json("case restore 控え.tar --to 戻した案件 --reason 故障");
    assert_eq!(issued(&office, "戻した案件"), "D-0005", "D-0004 is on paper somewhere");
    let mut verify = office.desk.command(["--json", "ledger", "verify", "--full", "--case"]);
    let verdict = Run::of(verify.arg(office.desk.path("戻した案件"))).ok().json();
    assert_eq!(verdict["findings"], json!([]));
}

#[test]
fn a_slip_is_kept_out_of_what_is_kept() {
    let office = Office::new();
    office.desk.file("名簿.csv", "氏名");
    for place in ["案件/records/D-0002.pdf", "案件/records/slip.pdf", "案件/keys/slip.pdf", "home/tewatashi/slip.pdf"]
    {
        let refused = office.run(&format!("--json pack 名簿.csv --to medium --slip {place}")).fails(4);
        assert_eq!(refused.kind(), "slip_in_case", "{place}");
    }
    office.json("pack 名簿.csv --to medium --slip 案件/slip.pdf");
}

#[test]
fn what_a_stranger_named_is_shown_by_number_where_no_font_has_it() {
    let office = Office::new();
    office.desk.file("名簿.csv", "氏名");
    office.json("pack 名簿.csv --to medium --slip slip.txt --no-documents --medium-id 媒体😀");
    office.json("ledger export 管理簿.pdf");
    assert!(text_of(&office.desk.path("管理簿.pdf")).contains("媒体〔U+1F600〕"));
}

#[test]
fn who_writes_to_whom_follows_the_side_of_the_desk() {
    for (side, present, absent) in [
        ("区", "見本印刷あて委託者", "見本市長"),
        ("受託者", "見本市長あて受託者", "委託者"),
        ("再委託先", "再委託先", "見本市長"),
    ] {
        let office = Office::of(&office::CONTRACT.replace("--side 区", &format!("--side {side}")));
        let told = packed(&office, "");
        let bundle = told["id"].as_str().unwrap();
        let receipt = office.json(&format!("verify medium/{bundle} --receipt"));
        let page = text_of(Path::new(receipt["documents"][0]["path"].as_str().unwrap()));
        assert!(page.contains(present) && !page.contains(absent), "{side}: {page}");
        let slip = text_of(&office.desk.path("slip.pdf"));
        let issuer = &slip[slip.find("発行者").unwrap()..];
        let own = match side {
            "区" => Some("見本市"),
            "受託者" => Some("見本印刷"),
            _ => None,
        };
        assert!(own.is_none_or(|own| issuer.starts_with(&format!("発行者{own}"))), "{side}: {slip}");
        assert!(side != "再委託先" || !issuer.contains("見本市"), "{slip}");
    }
}

#[test]
fn a_receipt_is_refused_and_a_confirmation_says_what_was_not_counted() {
    let office = Office::new();
    let told = packed(&office, "--subjects 12");
    let bundle = told["id"].as_str().unwrap().to_owned();
    fs::write(office.desk.path("typed"), passphrase_on(&office, &office.desk.path("slip.pdf"))).unwrap();
    let verified = office.json(&format!("verify medium/{bundle} --passphrase-file typed --confirmation"));
    let page = text_of(Path::new(verified["documents"][0]["path"].as_str().unwrap()));
    for said in ["検証日時", "取り出さずに検証", "件数（人数）は計数していない"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(!page.contains("開封日時"), "{page}");
    let refused = office.run(&format!("--json verify medium/{bundle} --receipt")).fails(4);
    assert_eq!(refused.kind(), "already_opened");
}

#[test]
fn the_record_of_a_document_is_not_corrected_but_voided() {
    let office = Office::new();
    packed(&office, "");
    let number = office.last_of("document")["number"].as_u64().unwrap();
    let words = format!("--json ledger correct {number} --reason x --set number=D-0009");
    assert_eq!(office.run(&words).fails(4).kind(), "not_correctable");
}
