//! The end of media and slips: in the house with photographs and a witness, or by a firm until its certificate is here.

#![cfg(target_os = "linux")]

use std::fs;
use std::path::Path;

use serde_json::json;

#[path = "common/desk.rs"]
mod desk;
#[path = "common/loopfs.rs"]
mod loopfs;
#[path = "common/office.rs"]
mod office;
#[path = "common/pdf.rs"]
mod pdf;
#[path = "common/things.rs"]
mod things;
use desk::Run;
use loopfs::LoopFs;
use office::Office;
use things::{day, packed, page, refused};

/// A real photograph with place, name and a second picture behind its end.
fn photo(office: &Office, name: &str) {
    let told = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/forms/photo-told.jpg");
    fs::copy(told, office.desk.path(name)).unwrap();
}

#[test]
fn a_medium_and_its_slip_are_destroyed_with_photographs() {
    let office = Office::new();
    let one = packed(&office, "M-1");
    photo(&office, "before.jpg");
    photo(&office, "after.jpg");
    let words = format!(
        "destroy M-1 {} --method シュレッダーによる破砕 --place 書庫 --by 佐藤健 --witness 見本立会 \
         --photo-before before.jpg --photo-after after.jpg",
        one.slip
    );
    let told = office.json(&words);
    let text = page(&told);
    for said in [
        "廃棄証明書",
        "M-1",
        &one.slip,
        "1通",
        "シュレッダーによる破砕",
        "書庫",
        "佐藤健",
        "見本立会",
        "作業前",
        "作業後",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert_eq!((&told["state"], &told["destroy"]["photographs"]), (&"destroyed".into(), &2.into()));
    let records = office.folder().join("records");
    assert_eq!(
        desk::holding(&records, b"GPS-MARK"),
        Vec::<std::path::PathBuf>::new(),
        "where it was taken is left out"
    );
    refused(&office, &words, 4, "is_destroyed");
    refused(&office, "takeout M-1 --reason 照合 --destination 本店 --due 2099-01-01", 4, "is_destroyed");
    refused(&office, &format!("return {} --to-city", one.slip), 4, "is_destroyed");
    office.is_whole();
}

#[test]
fn nothing_is_destroyed_without_the_decision_that_the_case_asks_for() {
    let office = Office::new();
    office.edit("approval = []", "approval = [\"destruction\"]");
    packed(&office, "M-1");
    refused(&office, "destroy M-1 --method 破砕", 4, "needs_approval");
    office.run(&format!("approve --for erase --number 第1号 --date {} --by 課長", day(0))).ok();
    refused(&office, "destroy M-1 --method 破砕 --approval 第1号", 4, "needs_approval");
    office.run(&format!("approve --for destroy --number 第2号 --date {} --by 課長 --thing M-1", day(0))).ok();
    assert!(page(&office.json("destroy M-1 --method 破砕")).contains("第2号"));
}

#[test]
fn what_a_firm_took_is_not_destroyed_before_it_has_shown_so() {
    let office = Office::new();
    packed(&office, "M-1");
    let told = office.json("destroy M-1 --method 溶融 --by-vendor 見本資源 --onward 見本溶解");
    let text = page(&told);
    for said in ["廃棄経過記録", "証明書未受領", "見本資源", "見本溶解"] {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert!(!text.contains("廃棄証明書"), "{text}");
    assert_eq!(told["state"], "at_vendor");
    let first = told["documents"][0]["number"].as_str().unwrap().to_owned();
    refused(&office, "destroy M-1 --method 破砕", 4, "is_at_vendor");
    office.desk.file("empty.pdf", "");
    refused(&office, "destroy M-1 --vendor-certificate empty.pdf", 1, "bad_vendor_certificate");
    refused(&office, "destroy M-1 --vendor-certificate none.pdf", 1, "io");
    office.desk.file("証明書.pdf", "certificate");
    refused(&office, &format!("destroy M-1 --vendor-certificate 証明書.pdf --date {}", day(-3)), 4, "before");
    let told = office.json("destroy M-1 --vendor-certificate 証明書.pdf");
    // printf certificate | sha256sum
    let sha256 = "03d66dd08835c1ca3f128cceacd1f31ac94163096b20f445ae84285bc0832d72";
    let found = told["vendor_certificate"]["sha256"].as_str().unwrap();
    assert_eq!(found, sha256);
    let text = page(&told);
    for said in ["廃棄証明書", "証明書.pdf", sha256, &first, "見本資源"] {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert!(!text.contains("証明書未受領"), "{text}");
    refused(&office, "destroy M-1 --vendor-certificate 証明書.pdf", 4, "is_destroyed");
    let entry = office.last_of("vendor_certificate");
    assert!(!entry.to_string().contains("証明書.pdf"), "no name of a file is in the ledger: {entry}");
    office.is_whole();
}

#[test]
fn a_witness_stands_for_the_firms_certificate() {
    let office = Office::new();
    packed(&office, "M-1");
    packed(&office, "M-2");
    office.run("destroy M-1 --method 溶融 --by-vendor 見本資源 --by 佐藤健 --no-documents").ok();
    refused(&office, "witness M-1 --name 見本資源", 4, "witness_is_performer");
    refused(&office, "witness M-7 --name 区見本", 1, "no_thing");
    refused(&office, "witness M-1 --name 区見本 --confirmed 1,9", 2, "no_such_check");
    office.run("witness M-2 --name 区見本 --no-documents").ok();
    let other = office.last_of("witness")["number"].as_u64().unwrap();
    refused(&office, &format!("destroy M-1 --witnessed {other}"), 4, "no_witness_record");
    let told =
        office.json("witness M-1 --name 区見本 --section 総務課 --place 工場 --confirmed 1,3 --remarks 異常なし");
    let text = page(&told);
    for said in ["消去・廃棄立会記録", "M-1", "区見本", "総務課", "工場", "異常なし", "溶融", "見本資源"]
    {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert_eq!(told["witness"]["items"].as_array().unwrap().len(), 2);
    let (sheet, entry) = (told["documents"][0]["number"].as_str().unwrap(), told["entry"].as_u64().unwrap());
    let told = office.json(&format!("destroy M-1 --witnessed {entry}"));
    let text = page(&told);
    assert!(text.contains("廃棄証明書") && text.contains(sheet), "{text}");
    office.is_whole();
}

#[test]
fn nobody_is_the_witness_of_what_they_did() {
    let office = Office::new();
    packed(&office, "M-1");
    refused(&office, "destroy M-1 --method 破砕 --by 佐藤健 --witness 佐藤　健", 4, "witness_is_performer");
    office.run("witness M-1 --name 佐藤健 --no-documents").ok();
    refused(&office, "destroy M-1 --method 破砕 --by 佐藤健", 4, "witness_is_performer");
    let told = office.json("destroy M-1 --method 破砕 --by 鈴木花子");
    let certificate = told["documents"][0]["number"].as_str().unwrap();
    refused(&office, &format!("witness {certificate} --name 鈴木花子"), 4, "witness_is_performer");
    let told = office.json(&format!("witness {certificate} --name 区見本 --confirmed all"));
    assert_eq!(told["witness"]["documents"], json!([certificate]));
    assert!(page(&told).contains(certificate));
}

#[test]
fn who_cannot_overwrite_is_told_to_destroy() {
    let office = Office::new();
    office.desk.file("disc/a.csv", "a");
    let disc = LoopFs::squashfs(&office.desk.path("disc"));
    let told =
        |words: &str, path: &Path| Run::of(office.command(&format!("--lang ja erase {words} --dry-run")).arg(path));
    let run = told("", &disc.mount_point()).ok();
    assert!(run.out.contains("tewatashi destroy"), "{run:?}");
    let plain = office.desk.file("plain/b.csv", "b");
    let run = told("", &plain).ok();
    assert!(!run.out.contains("tewatashi destroy") && !run.err.contains("tewatashi destroy"), "{run:?}");
    let run = told("--my-number", &plain).ok();
    assert!(run.err.contains("tewatashi destroy"), "{run:?}");
    office.edit("data_class = [", "data_class = [\"特定個人情報\", ");
    let run = told("", &plain).ok();
    assert!(run.err.contains("tewatashi destroy"), "{run:?}");
}
