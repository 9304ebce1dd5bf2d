//! Every form, nearly blank and as full as it gets: what stands on it and in what order, what travels inside, and what it
//! looks like.
//!
//! The pages in `fixtures/forms/pages` were looked at by a person. After a change of a template that is meant, make them
//! again and look at them:
//!
//! ```text
//! TEWATASHI_NEW_PAGES=1 cargo nextest run --test forms
//! ```

#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde_json::{Map, Value, json};
use tempfile::TempDir;
use tewatashi::paper::fields::erasure::{self, MOST_LISTED, Report};
use tewatashi::paper::fields::{
    Audit, Compliance, Declaration, Destruction, DisposalRequest, Erasure, ErasureReport, Fields, GiveBack, Handling,
    Incident, Inspection, Label, Opening, Receipt, Register, Roster, Slip, SlipStub, SubcontractRequest, Succession,
    Takeout, Transfer, Witness,
};
use tewatashi::paper::{Form, Job, Mark, Press, Record, Secret, form};
use tewatashi::passphrase::Passphrase;

#[path = "common/labels.rs"]
mod labels;
#[path = "common/pdf.rs"]
mod pdf;
#[path = "common/picture.rs"]
mod picture;
use pdf::{Pdf, squeezed};
use picture::Picture;

const GROUPS: [&str; 6] = ["Hk7m3", "Tq4xw", "Xc9vr", "Mp3nd", "Ab2ce", "Fg4hk"];
const PASSPHRASE: &str = "Hk7m3-Tq4xw-Xc9vr-Mp3nd-Ab2ce-Fg4hk";

/// Words a template turns into ticks.
const TICKS: [&str; 40] = [
    "provided",
    "delivered",
    "returned",
    "agrees",
    "differs",
    "sound",
    "damaged",
    "whole",
    "broken",
    "erased",
    "partial",
    "not_established",
    "not_verified",
    "failed",
    "skipped",
    "none",
    "found",
    "needed",
    "not_needed",
    "erasure",
    "destruction",
    "before",
    "after",
    "unchanged",
    "changed",
    "destroyed",
    "given_back",
    "declared",
    "audit",
    "inspection",
    "on_site",
    "self_check",
    "supervision",
    "good",
    "bad",
    "not_applicable",
    "leak",
    "loss",
    "damage",
    "possible",
];

fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(path: &str) -> Record {
    serde_json::from_str(&fs::read_to_string(project(path)).unwrap()).unwrap_or_else(|e| panic!("{path}: {e}"))
}

fn sample(form: Form) -> Record {
    read(&format!("forms/samples/{}.json", form.name()))
}

fn fixture(form: Form, size: &str) -> Record {
    read(&format!("fixtures/forms/{}-{size}.json", form.name()))
}

/// More items in the annex of an erasure.
fn lengthen(record: &mut Record, to: usize) {
    let items = record.fields["annex"]["items"].as_array_mut().unwrap();
    for number in items.len() + 1..=to {
        items.push(json!({
            "path": format!("D:/受託作業/20261121/発送/宛名データ 第{number}便.csv"),
            "size": { "count": number * 977 }, "fingerprint": format!("{number:064x}"), "result": "erased",
        }));
    }
}

/// The photographs of the fixtures, as they lie in `records/` of a case.
fn pictures() -> &'static [(String, Vec<u8>)] {
    static ALL: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(|| {
        let files = fs::read_dir(project("fixtures/forms")).unwrap().map(Result::unwrap);
        let named = files.map(|file| (file.file_name().into_string().unwrap(), file.path()));
        named.filter(|(name, _)| name.starts_with("photo-")).map(|(name, at)| (name, fs::read(at).unwrap())).collect()
    });
    &ALL
}

fn job(record: &Record) -> Job<'_> {
    let groups = GROUPS.map(|group| (group, Passphrase::reading(group).to_string()));
    let secret = (record.form == "slip").then(|| Secret { text: PASSPHRASE, groups: groups.into() });
    Job { secret, pictures: pictures(), ..Job::of(record) }
}

fn press() -> Press {
    Press::new(vec![], None)
}

fn set(job: &Job) -> Pdf {
    let page = press().set(job).unwrap_or_else(|e| panic!("{}: {e:?}", job.record.form));
    Pdf::of(&page.pdf, page.pages)
}

/// Every form in its smallest and its largest size, and its sample.
fn all() -> impl Iterator<Item = (Form, &'static str, Record)> {
    Form::ALL.into_iter().flat_map(|form| {
        let sizes = ["smallest", "largest"].map(|size| (form, size, fixture(form, size)));
        sizes.into_iter().chain([(form, "sample", sample(form))])
    })
}

/// What an official looks for, in the order in which an official expects it.
fn labels(form: Form) -> impl Iterator<Item = &'static str> {
    let labels = match form {
        Form::Slip => {
            "パスワード通知書 取扱注意 1通のみ 通知書番号 交付日時 宛先 発行者 契約番号・件名 媒体管理番号 \
             パスワード及び読み 桁数 文字種 入力の注意 QRコード 受領者署名 受領日時 返却日 返却者 確認者"
        }
        Form::SlipStub => {
            "パスワード通知書交付控 通知書番号 媒体管理番号 交付日時 場所 交付者 受領者 署名 身分確認 返却日 \
             返却者 確認者"
        }
        Form::Transfer => {
            "個人情報受渡し確認記録票 票番号 決裁（承認）番号 日時 場所 区分 提供 納品 返却 契約番号 件名 \
             引渡者 所属 氏名 受領者 会社・所属 氏名 身分確認の方法 情報の内容（項目） \
             媒体種別・管理番号・数量 ファイル数・件数（人数） 暗号化方式 照合値 運搬方法 鍵付きカバン 手渡し \
             通知書番号 受渡予定日 期限 備考 引渡者 受領者"
        }
        Form::Receipt => "受領書 あて 受託者 契約番号 件名 品目 番号 数量 件数 外観 封印 検証 未 受領者 署名",
        Form::Opening => {
            "開封確認書 あて 検証結果 一致 不一致 ファイル数 レコード数 件数（人数） 開封確認コード 確認者 \
             署名"
        }
        Form::Erasure => {
            "電子データ消去 番号 あて 受託者 代表者 記録媒体全体の消去を証明するものではありません。 契約番号 \
             承認番号 ★情報の項目 ★媒体名 ★数量 ★方法 ★責任者 ★年月日 型番 製造番号 容量 ツール名と版 \
             上書き回数 方式 検証方法 検証結果 開始 終了 場所 作業者 立会者 失敗・対象外の一覧 写真 限界 別紙 \
             対象一覧 パス サイズ 照合値 検証結果"
        }
        Form::Register => {
            "個人情報管理簿 番号 契約 媒体番号 内容 件数 媒体 受渡日時 引渡者 通知書番号 保管場所 複製承認 \
             返却期限 消去日・方法 保存期限 点検日 年度 項目 数量 受領者 交付日 取扱者 持出票 返却日・確認者 \
             証明書番号 点検者"
        }
        form => labels::of_a_report(form).unwrap_or_else(|| labels::of_a_life(form)),
    };
    labels.split(' ')
}

/// All that the fields say in words.
fn said(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) if !TICKS.contains(&text.as_str()) => into.push(text.clone()),
        Value::Array(list) => list.iter().for_each(|value| said(value, into)),
        Value::Object(map) => map.values().for_each(|value| said(value, into)),
        _ => {}
    }
}

#[test]
fn every_field_is_on_the_page() {
    for (form, size, record) in all() {
        let text = squeezed(&set(&job(&record)).text("-raw"));
        let mut values = vec![record.title.clone()];
        let mut fields = record.view(&Mark::None)["fields"].take();
        if let (Form::Handling, Some(letter)) = (form, fields["letter"].as_object_mut()) {
            letter.remove("role"); // The published form has no word for what the sender is in the contract.
        }
        said(&fields, &mut values);
        for value in values {
            assert!(text.contains(&squeezed(&value)), "{} {size}: {value} is not on the page", form.name());
        }
    }
}

#[test]
fn every_label_is_read_in_its_order() {
    // Not the largest: poppler's time for tags grows with the square of their number, and the labels are the same.
    for (form, size, record) in all().filter(|(_, size, _)| *size != "largest") {
        let text = squeezed(&set(&job(&record)).spoken());
        let mut rest = text.as_str();
        for label in labels(form) {
            let at =
                rest.find(label).unwrap_or_else(|| panic!("{} {size}: {label} is missing or too early", form.name()));
            rest = &rest[at + label.len()..];
        }
    }
}

#[test]
fn every_page_has_number_page_date_and_code() {
    for (form, size, record) in all() {
        let pdf = set(&job(&record));
        let date = record.view(&Mark::None)["document"]["issued"].as_str().unwrap().to_owned();
        let copies = if form == Form::Transfer { 2 } else { 1 };
        let pages = pdf.pages / copies;
        for page in 1..=pdf.pages.min(4) {
            let text = squeezed(&pdf.text_of(page));
            let number = format!("{}/{pages}", (page - 1) % pages + 1);
            for part in [&record.number, &squeezed(&date), &record.ledger.code, &number, &squeezed(&record.tool)] {
                assert!(text.contains(part.as_str()), "{} {size}: page {page} lacks {part}", form.name());
            }
        }
    }
}

#[test]
fn the_page_is_archival_tagged_a4_and_has_its_fonts_inside() {
    for (form, size, record) in all() {
        let pdf = set(&job(&record));
        let name = format!("{} {size}", form.name());
        let info = pdf.info();
        let line = |key: &str| info.lines().find_map(|l| l.strip_prefix(key)).unwrap_or_default().trim().to_owned();
        assert!(line("Page size:").contains("(A4)"), "{name}: {}", line("Page size:"));
        assert_eq!(line("Tagged:"), "yes", "{name}");
        assert_eq!(line("Pages:"), pdf.pages.to_string(), "{name}");
        assert!(line("Title:").contains(&record.title), "{name}");
        let meta = pdf.meta();
        assert!(meta.contains("<pdfaid:part>3<") && meta.contains("<pdfaid:conformance>A<"), "{name}: {meta}");
        let fonts = pdf.fonts();
        assert!(fonts.len() >= 2, "{name}");
        for (font, embedded, subset) in fonts {
            assert!(embedded && subset, "{name}: {font}");
        }
    }
}

#[test]
fn pages_grow_only_where_the_form_does() {
    for (form, size, pages) in [
        (Form::Slip, "smallest", 1),
        (Form::Slip, "largest", 1),
        (Form::Slip, "sample", 1),
        (Form::SlipStub, "largest", 1),
        (Form::Transfer, "smallest", 2),
        (Form::Transfer, "sample", 2),
        (Form::Transfer, "largest", 4),
        (Form::Receipt, "sample", 1),
        (Form::Receipt, "largest", 3),
        (Form::Opening, "sample", 2),
        (Form::Opening, "largest", 4),
        (Form::Erasure, "smallest", 3),
        (Form::Register, "sample", 1),
        (Form::Takeout, "smallest", 1),
        (Form::Takeout, "sample", 1),
        (Form::Takeout, "largest", 2),
        (Form::GiveBack, "smallest", 1),
        (Form::GiveBack, "sample", 1),
        (Form::DisposalRequest, "smallest", 1),
        (Form::DisposalRequest, "sample", 1),
        (Form::SubcontractRequest, "smallest", 1),
        (Form::SubcontractRequest, "sample", 1),
        (Form::SubcontractRequest, "largest", 2),
        (Form::Destruction, "smallest", 2),
        (Form::Destruction, "sample", 2),
        (Form::Witness, "smallest", 1),
        (Form::Witness, "sample", 1),
        (Form::Witness, "largest", 3),
        (Form::Declaration, "smallest", 1),
        (Form::Declaration, "sample", 1),
        (Form::Label, "smallest", 1),
        (Form::Label, "sample", 1),
        (Form::Label, "largest", 5),
        (Form::Handling, "smallest", 1),
        (Form::Handling, "sample", 2),
        (Form::Compliance, "smallest", 1),
        (Form::Compliance, "sample", 1),
        (Form::ErasureReport, "smallest", 1),
        (Form::ErasureReport, "sample", 1),
        (Form::Audit, "smallest", 2),
        (Form::Audit, "sample", 2),
        (Form::Inspection, "smallest", 1),
        (Form::Inspection, "sample", 1),
        (Form::Incident, "smallest", 2),
        (Form::Incident, "sample", 2),
        (Form::Roster, "smallest", 1),
        (Form::Roster, "sample", 1),
        (Form::Succession, "smallest", 1),
        (Form::Succession, "sample", 1),
    ] {
        let record = if size == "sample" { sample(form) } else { fixture(form, size) };
        assert_eq!(set(&job(&record)).pages, pages, "{} {size}", form.name());
    }
}

#[test]
fn the_record_travels_inside_to_the_byte() {
    for (form, size, record) in all() {
        let mut job = job(&record);
        job.signature = form.carries_its_signature().then_some("-----BEGIN SSH SIGNATURE-----\n");
        let attached = set(&job).attached();
        assert_eq!(attached.get(&record.file_name()), Some(&record.bytes().unwrap()), "{} {size}", form.name());
        let signature = attached.get(&format!("{}.sig", record.file_name()));
        assert_eq!(signature.map(Vec::as_slice), job.signature.map(str::as_bytes), "a certificate's, and no other's");
    }
}

#[test]
fn cameras_read_the_codes() {
    for (form, size, record) in all().filter(|(_, size, _)| *size != "sample") {
        let codes = set(&job(&record)).codes();
        assert!(codes.contains(&record.ledger.code), "{} {size}: {codes:?}", form.name());
        assert_eq!(codes.contains(&PASSPHRASE.to_owned()), form == Form::Slip, "{} {size}", form.name());
    }
}

#[test]
fn the_same_record_gives_the_same_bytes() {
    for (form, size, record) in all().filter(|(form, size, _)| (*form, *size) != (Form::Erasure, "largest")) {
        let print = || press().set(&job(&record)).unwrap().pdf;
        assert_eq!(print(), print(), "{} {size}", form.name());
    }
}

#[test]
fn marks_stand_on_every_page() {
    for form in Form::ALL {
        let record = sample(form);
        for mark in [Mark::Copy(2), Mark::Voided, Mark::Sample] {
            let pdf = set(&Job { mark: mark.clone(), ..job(&record) });
            for page in 1..=pdf.pages {
                assert!(squeezed(&pdf.text_of(page)).contains(&squeezed(&mark.text())), "{} {page}", form.name());
            }
        }
    }
}

#[test]
fn a_passphrase_of_the_senders_own_fits_on_the_one_page() {
    let text = "Own pass0O1lI-#$%.,/ xyz ABC 0123456789 abcdefghij KLMNOPQRST uvwxyz!#$%- 0123456789 abcdefg 99999ZZ";
    assert_eq!(text.chars().count(), 100);
    for size in ["smallest", "largest"] {
        let record = fixture(Form::Slip, size);
        let pdf = set(&Job { secret: Some(Secret { text, groups: vec![] }), ..Job::of(&record) });
        assert_eq!(pdf.pages, 1, "{size}");
        assert!(squeezed(&pdf.text("-raw")).contains("桁数100桁"), "{size}");
        assert!(pdf.codes().contains(&text.to_owned()), "{size}");
    }
}

/// Attack: who gets the slip as a file and sees no page of it must not find the passphrase in what travels along.
#[test]
fn the_passphrase_is_on_the_page_of_the_slip_alone() {
    let record = sample(Form::Slip);
    let pdf = set(&job(&record));
    let beside = [pdf.info().into_bytes(), pdf.meta().into_bytes()].into_iter().chain(pdf.attached().into_values());
    for bytes in beside.chain([pdf.bytes()]) {
        let text = String::from_utf8_lossy(&bytes);
        assert!(GROUPS.iter().all(|group| !text.contains(group)));
    }
    for form in Form::ALL.into_iter().filter(|form| *form != Form::Slip) {
        assert!(!form.template().contains("secret") && !form.template().contains("passphrase.svg"), "{}", form.name());
    }
    assert!(!form::COMMON.contains("secret"));
}

/// What a struct makes of the fields of a record.
fn again<T: Fields + serde::de::DeserializeOwned>(record: &Record) -> Map<String, Value> {
    let fields: T = serde_json::from_value(Value::Object(record.fields.clone())).unwrap();
    assert_eq!(T::FORM.name(), record.form);
    fields.into_fields()
}

#[test]
fn the_structs_know_every_field() {
    for (form, size, mut record) in all() {
        let again = match form {
            Form::Slip => again::<Slip>(&record),
            Form::SlipStub => again::<SlipStub>(&record),
            Form::Transfer => again::<Transfer>(&record),
            Form::Receipt => again::<Receipt>(&record),
            Form::Opening => again::<Opening>(&record),
            Form::Erasure => again::<Erasure>(&record),
            Form::Register => again::<Register>(&record),
            Form::Takeout => again::<Takeout>(&record),
            Form::GiveBack => again::<GiveBack>(&record),
            Form::DisposalRequest => again::<DisposalRequest>(&record),
            Form::SubcontractRequest => again::<SubcontractRequest>(&record),
            Form::Destruction => again::<Destruction>(&record),
            Form::Witness => again::<Witness>(&record),
            Form::Declaration => again::<Declaration>(&record),
            Form::Label => again::<Label>(&record),
            Form::Handling => again::<Handling>(&record),
            Form::Compliance => again::<Compliance>(&record),
            Form::ErasureReport => again::<ErasureReport>(&record),
            Form::Audit => again::<Audit>(&record),
            Form::Inspection => again::<Inspection>(&record),
            Form::Incident => again::<Incident>(&record),
            Form::Roster => again::<Roster>(&record),
            Form::Succession => again::<Succession>(&record),
        };
        if form == Form::Erasure {
            record.fields.entry("logical").or_insert(false.into());
        }
        assert_eq!(Value::Object(again), Value::Object(record.fields), "{} {size}", form.name());
    }
}

fn erased(count: usize) -> Record {
    let items: Vec<Value> = (1..=count)
        .map(|n| {
            json!({ "path": format!("D:/名簿/第{n}便.csv"), "size": n, "fingerprint": format!("{n:064x}"),
            "result": "erased", "may_remain": ["ファイル名は、残ることがある。"], "reasons": [] })
        })
        .collect();
    let report: Report = serde_json::from_value(json!({ "result": "erased", "items": items })).unwrap();
    let mut record = sample(Form::Erasure);
    report.title(true).clone_into(&mut record.title);
    record.fields = report.fill(Erasure::default(), &"ab".repeat(32)).into_fields();
    record
}

#[test]
fn the_head_of_a_long_list_is_repeated() {
    let mut record = fixture(Form::Erasure, "largest");
    lengthen(&mut record, 1000);
    let pdf = set(&job(&record));
    for page in 6..=pdf.pages {
        let text = squeezed(&pdf.text_of(page));
        for label in ["番号", "パス", "サイズ（バイト）", "照合値", "検証結果"] {
            assert!(text.contains(label), "page {page} lacks {label}");
        }
    }
    look(&pdf, 6, "erasure-thousand-6.png");
}

#[test]
fn ten_thousand_files_are_listed_and_more_are_pinned() {
    let listed = set(&Job::of(&erased(MOST_LISTED)));
    let text = squeezed(&listed.text("-raw"));
    assert!(listed.pages > 100 && text.contains(erasure::CERTIFICATE));
    assert!(text.contains("D:/名簿/第1便.csv") && text.contains("D:/名簿/第10000便.csv"));
    let pinned = set(&Job::of(&erased(MOST_LISTED + 1)));
    let text = squeezed(&pinned.text("-raw"));
    assert!(pinned.pages < 5 && text.contains("10,001件") && text.contains(&"ab".repeat(32)));
    assert!(!text.contains("D:/名簿/第1便.csv"));
}

#[test]
fn pages_look_as_they_did_when_a_person_looked() {
    for (form, size, record) in all().filter(|(_, size, _)| *size != "sample") {
        let pdf = set(&job(&record));
        for page in 1..=pdf.pages.min(3) {
            look(&pdf, page, &format!("{}-{size}-{page}.png", form.name()));
        }
    }
}

/// Compares a page with the one that is kept.
fn look(pdf: &Pdf, page: usize, name: &str) {
    let made = TempDir::new().unwrap();
    let (printed, kept) = (made.path().join("page.pgm"), project("fixtures/forms/pages").join(name));
    pdf.picture(page, 60, &printed);
    let is = Picture::printed(&printed);
    if std::env::var_os("TEWATASHI_NEW_PAGES").is_some() {
        is.keep(&kept);
    }
    let (mean, worst) = is.difference(&Picture::kept(&kept));
    assert!(mean < 0.5 && worst < 25.0, "{name}: differs by {mean:.2}, at the worst place by {worst:.0}");
}
