//! The register of small ledgers.

use serde_json::{Value, json};

use super::*;
use crate::ledger::{Claim, Clock, Entry, Operator, Outcome, Subject, SubjectType};

/// An entry of 2026-11-21 at a Japanese desk.
fn entry(number: u64, kind: &str, things: &[&str], facts: Value) -> Entry {
    let subject = |id: &&str| {
        let kind = if id.starts_with("TW-") { SubjectType::Bundle } else { SubjectType::Medium };
        Subject::new(kind, *id)
    };
    Entry {
        v: 1,
        number,
        time: "2026-11-21T14:05:00.000+09:00".into(),
        clock: Clock { source: "system".into(), synchronised: Some(true) },
        operator: Operator {
            name: "見本花子".into(),
            staff: None,
            by: Claim::Option,
            os_user: "hanako".into(),
            host: "pc-1".into(),
        },
        kind: kind.into(),
        subjects: things.iter().map(subject).collect(),
        result: Outcome::Done,
        facts: serde_json::from_value(facts).unwrap(),
    }
}

fn by(name: &str, mut entry: Entry) -> Entry {
    name.clone_into(&mut entry.operator.name);
    entry
}

fn at(time: &str, mut entry: Entry) -> Entry {
    time.clone_into(&mut entry.time);
    entry
}

fn ended(result: Outcome, mut entry: Entry) -> Entry {
    entry.result = result;
    entry
}

/// An entry that came from the other side.
fn received(number: u64, from: &str, inner: &Entry) -> Entry {
    let mut entry = entry(number, "received", &[], json!({ "entry": inner }));
    entry.subjects = vec![Subject::new(SubjectType::Ledger, from)];
    entry
}

fn filtered(entries: &[Entry], filter: &Filter) -> Vec<Row> {
    let index = Index::of(entries);
    let mut register = Register::new(&index, Some("第0012号".into()));
    for entry in entries {
        register.add(entry);
    }
    register.rows(filter)
}

fn rows(entries: &[Entry]) -> Vec<Row> {
    filtered(entries, &Filter::default())
}

fn facts() -> Value {
    json!({
        "title": "発送名簿", "items": ["氏名", "住所"], "subjects": 1200, "files": 3, "folders": 1, "bytes": 4096,
        "created": "2026-11-21T14:05:00+09:00", "read_back": "established",
        "volumes": [{ "name": "bundle.age", "bytes": 5000, "sha256": "00" }],
    })
}

#[test]
fn a_bundle_on_a_medium_is_a_line_with_what_pack_knows() {
    let rows = rows(&[entry(1, "init", &[], json!({})), entry(2, "pack", &["TW-1", "M-001"], facts())]);
    let [row] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!((row.number, row.contract.as_deref()), (1, Some("第0012号")));
    assert_eq!((row.medium.as_deref(), row.quantity), (Some("M-001"), Some(1)));
    assert_eq!(row.fiscal_year, Some(FiscalYear::starting(2026)));
    let content = &row.contents[0];
    assert_eq!((content.bundle.as_str(), content.title.as_deref()), ("TW-1", Some("発送名簿")));
    assert_eq!((content.items.join("、"), content.subjects), ("氏名、住所".into(), Some(1200)));
    assert_eq!((content.files, content.bytes, content.volumes), (Some(3), Some(4096), Some(1)));
    assert_eq!((&row.giver, &row.handed_over, row.remarks.len()), (&None, &None, 0), "making is not handing over");
}

#[test]
fn a_bundle_without_a_medium_number_has_its_own_line() {
    let rows = rows(&[entry(1, "pack", &["TW-1"], json!({})), entry(2, "pack", &["TW-2"], json!({}))]);
    let bundles: Vec<_> = rows.iter().map(|row| (row.number, &row.medium, row.contents[0].bundle.as_str())).collect();
    assert_eq!(bundles, [(1, &None, "TW-1"), (2, &None, "TW-2")]);
    assert_eq!(rows[0].quantity, None, "nobody said on how many media");
}

#[test]
fn bundles_on_one_medium_share_its_line_within_a_fiscal_year() {
    let april = "2027-04-01T00:00:00.000+09:00";
    let all = [
        entry(1, "pack", &["TW-1", "M-001"], json!({})),
        entry(2, "pack", &["TW-2", "M-001"], json!({})),
        at(april, entry(3, "pack", &["TW-3", "M-001"], json!({}))),
        at(april, entry(4, "open", &["TW-1"], json!({}))),
    ];
    let rows = rows(&all);
    let bundles = |row: &Row| row.contents.iter().map(|content| content.bundle.clone()).collect::<Vec<_>>();
    assert_eq!(rows.iter().map(bundles).collect::<Vec<_>>(), [vec!["TW-1", "TW-2"], vec!["TW-3"]]);
    assert_eq!(rows[0].handlers, ["見本花子"], "what happens later stands where the bundle stands");
    assert_eq!((rows[0].number, rows[1].number), (1, 1), "counted in each year");
    let year = Filter { fiscal_year: Some(FiscalYear::starting(2027)), contract: None };
    assert_eq!(filtered(&all, &year), rows[1..]);
    let contract = Filter { fiscal_year: None, contract: Some("第0099号".into()) };
    assert_eq!(filtered(&all, &contract), []);
}

#[test]
fn the_fiscal_year_is_that_of_the_local_day() {
    let night = at("2026-04-01T00:30:00.000+09:00", entry(1, "pack", &["TW-1"], json!({})));
    assert_eq!(rows(&[night])[0].fiscal_year, Some(FiscalYear::starting(2026)), "in UTC it is still March");
    let broken = at("yesterday", entry(1, "pack", &["TW-1"], json!({})));
    assert_eq!(rows(&[broken])[0].fiscal_year, None, "and the line is there all the same");
}

#[test]
fn who_used_the_secret_is_a_handler_and_nobody_else() {
    let rows = rows(&[
        entry(1, "pack", &["TW-1"], json!({})),
        by("検証だけ", entry(2, "verify", &["TW-1"], json!({}))),
        by("鍵なし", entry(3, "verify", &["TW-1"], json!({ "secret": "none" }))),
        by("検証した人", entry(4, "verify", &["TW-1"], json!({ "secret": "passphrase" }))),
        by("一覧の人", entry(5, "list", &["TW-1"], json!({}))),
        by("開けた人", entry(6, "open", &["TW-1"], json!({}))),
        by("開けた人", entry(7, "open", &["TW-1"], json!({}))),
        by("途中まで", ended(Outcome::InPart, entry(8, "open", &["TW-1"], json!({})))),
        by("間違えた人", ended(Outcome::Failed, entry(9, "open", &["TW-1"], json!({})))),
        by("着手", ended(Outcome::Begun, entry(10, "open", &["TW-1"], json!({})))),
        entry(11, "list", &["TW-1"], json!({ "begun": 10 })),
    ]);
    assert_eq!(rows[0].handlers, ["検証した人", "一覧の人", "開けた人", "途中まで", "見本花子"]);
    assert_eq!(rows[0].remarks, Vec::<String>::new());
}

#[test]
fn a_name_nobody_gave_is_shown_as_what_it_is() {
    let mut open = by("hanako", entry(2, "open", &["TW-1"], json!({})));
    open.operator.by = Claim::OsUser;
    assert_eq!(rows(&[open])[0].handlers, ["hanako（OS利用者名）"]);
}

#[test]
fn work_that_never_said_how_it_ended_is_remarked_but_does_not_count() {
    let begun = |number, kind| ended(Outcome::Begun, entry(number, kind, &["TW-1"], json!({})));
    let rows = rows(&[begun(1, "pack"), entry(2, "pack", &["TW-1"], json!({ "begun": 1 })), begun(3, "open")]);
    assert_eq!(rows[0].handlers, Vec::<String>::new());
    assert_eq!(rows[0].remarks, ["第3号 開封 見本花子: 終わりの記録なし"]);
    assert_eq!(super::tests::rows(&[begun(1, "pack"), begun(2, "open")]), [], "no line comes of a beginning");
}

#[test]
fn a_correction_changes_the_values_and_leaves_its_trace() {
    let rows = rows(&[
        entry(1, "pack", &["TW-1", "M-001"], facts()),
        entry(
            2,
            "correct",
            &[],
            json!({ "corrects": 1, "reason": "件数の誤り", "facts": { "subjects": 12, "title": null } }),
        ),
    ]);
    let content = &rows[0].contents[0];
    assert_eq!((content.subjects, &content.title, content.items.len()), (Some(12), &None, 2));
    assert_eq!(rows[0].remarks, ["訂正 第1号→第2号: 件数の誤り"]);
}

#[test]
fn a_correction_without_values_leaves_the_line_empty_but_there() {
    let all = [
        entry(1, "pack", &["TW-1", "M-001"], facts()),
        entry(2, "open", &["TW-1"], json!({})),
        entry(3, "correct", &[], json!({ "corrects": 1, "reason": "別の契約" })),
        entry(4, "correct", &[], json!({ "corrects": 2, "reason": "別人" })),
    ];
    let rows = rows(&all);
    assert_eq!(rows[0].contents, [Content { bundle: "TW-1".into(), ..Content::default() }]);
    assert_eq!(rows[0].handlers, Vec::<String>::new());
    assert_eq!(rows[0].remarks, ["訂正 第1号→第3号（取消）: 別の契約", "訂正 第2号→第4号（取消）: 別人"]);
    let index = Index::of(&all);
    assert_eq!([1, 2, 3].map(|number| index.is_struck(number)), [true, true, false]);
}

#[test]
fn a_correction_may_name_the_right_medium() {
    let right = json!([{ "type": "bundle", "id": "TW-1" }, { "type": "medium", "id": "M-002" }]);
    let rows = rows(&[
        entry(1, "pack", &["TW-1", "M-001"], facts()),
        entry(2, "correct", &[], json!({ "corrects": 1, "reason": "媒体番号の誤記", "subjects": right })),
    ]);
    assert_eq!((rows.len(), rows[0].medium.as_deref()), (1, Some("M-002")));
    assert_eq!(rows[0].contents[0].subjects, Some(1200));
}

#[test]
fn a_correction_can_itself_be_corrected() {
    let first = entry(1, "pack", &["TW-1"], facts());
    let second = entry(2, "correct", &[], json!({ "corrects": 1, "reason": "a", "facts": { "subjects": 5 } }));
    let values = entry(3, "correct", &[], json!({ "corrects": 2, "reason": "b", "facts": { "subjects": 6 } }));
    let void = entry(3, "correct", &[], json!({ "corrects": 2, "reason": "c" }));
    let changed = rows(&[first.clone(), second.clone(), values]);
    assert_eq!(changed[0].contents[0].subjects, Some(6));
    assert_eq!(changed[0].remarks, ["訂正 第1号→第2号: a", "訂正 第2号→第3号: b"]);
    let all = [first, second, void];
    assert_eq!(rows(&all)[0].contents[0].subjects, Some(1200), "as if it had not been corrected");
    let index = Index::of(&all);
    assert_eq!([1, 2, 3].map(|number| index.is_struck(number)), [false, true, false]);
}

#[test]
fn a_correction_of_itself_or_the_future_does_nothing() {
    let strike = |number, of| entry(number, "correct", &[], json!({ "corrects": of, "reason": "x" }));
    let rows = rows(&[strike(1, 2), strike(2, 2), entry(3, "pack", &["TW-1"], facts())]);
    assert_eq!((rows[0].contents[0].subjects, rows[0].remarks.len()), (Some(1200), 0));
}

#[test]
fn what_was_not_read_back_is_remarked() {
    let rows = rows(&[entry(1, "pack", &["TW-1"], json!({ "read_back": "not_established" }))]);
    assert_eq!(rows[0].remarks, ["束 TW-1: 媒体からの読み戻しは確認できていません"]);
}

#[test]
fn the_other_sides_entries_fill_the_line_and_say_whose_they_are() {
    let theirs = entry(7, "pack", &["TW-1", "M-001"], facts());
    let rows =
        rows(&[entry(1, "verify", &["TW-1"], json!({ "secret": true })), received(2, "city.example/a", &theirs)]);
    let [row] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!((row.medium.as_deref(), row.contents[0].subjects), (Some("M-001"), Some(1200)));
    assert_eq!(row.remarks, ["内容は相手方の記録による（city.example/a 第7号）"]);
}

#[test]
fn the_other_side_strikes_and_describes_nothing_of_ours() {
    let strike = entry(9, "correct", &[], json!({ "corrects": 1, "reason": "x" }));
    let lie = entry(8, "pack", &["TW-1", "M-666"], json!({ "title": "別物", "subjects": 1 }));
    let own = entry(1, "pack", &["TW-1", "M-001"], facts());
    let rows = rows(&[own, received(2, "other", &lie), received(3, "other", &strike)]);
    let [row] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!((row.medium.as_deref(), row.contents[0].subjects), (Some("M-001"), Some(1200)));
    assert_eq!(row.remarks, Vec::<String>::new());
}

#[test]
fn facts_of_another_type_are_no_facts() {
    let odd = json!({ "title": 5, "items": "氏名", "subjects": "多数", "volumes": {}, "read_back": null });
    let rows = rows(&[entry(1, "pack", &["TW-1"], odd), entry(2, "teleport", &["TW-9"], json!({}))]);
    assert_eq!(rows.len(), 1, "a kind of a newer program makes no line");
    assert_eq!(rows[0].contents, [Content { bundle: "TW-1".into(), ..Content::default() }]);
}

#[test]
fn an_erasure_stands_in_the_lines_of_what_was_erased() {
    let all = |erase: Entry| {
        let entries = [
            entry(1, "pack", &["TW-20261121-AAAA", "USB-1"], json!({})),
            erase,
            entry(
                3,
                "document",
                &["TW-20261121-AAAA", "USB-1"],
                json!({ "form": "erasure", "number": "D-0004", "title": "電子データ消去証明書（ファイル単位）" }),
            ),
        ];
        filtered(&entries, &Filter::default()).remove(0)
    };
    let method = json!({ "method": "zero" });
    let row = all(entry(2, "erase", &["TW-20261121-AAAA"], method.clone()));
    assert_eq!(row.erased, chrono::NaiveDate::from_ymd_opt(2026, 11, 21));
    assert_eq!((row.erase_method.as_deref(), row.certificate.as_deref()), (Some("上書き1回（ゼロ）"), Some("D-0004")));
    let in_part = all(ended(Outcome::InPart, entry(2, "erase", &["TW-20261121-AAAA"], method)));
    assert!(in_part.erased.is_none() && in_part.remarks.iter().any(|said| said.contains("一部")), "{in_part:?}");
    let copy = all(entry(2, "erase", &["USB-1"], json!({ "method": "zero", "temporary": true })));
    assert!(copy.erased.is_none() && copy.remarks.iter().any(|said| said.contains("作業用の写し")), "{copy:?}");
}

/// What was handed over, as both sides' ledgers say it.
fn handover(number: u64, to: &str, firm: &str) -> Entry {
    let told = json!({
        "what": "media", "direction": "provided", "to": { "name": to, "organization": firm }, "party": "受託者",
        "id_check": "社員証", "at": "2026-11-21T14:00:00+09:00", "due": "2027-03-31",
        "pieces": [{ "what": "media", "id": "M-1" }],
    });
    entry(number, "handover", &["M-1", "TW-1"], told)
}

#[test]
fn a_hand_over_and_what_comes_back_stand_in_the_line() {
    let registered = entry(1, "medium_add", &["M-1"], json!({ "id": "M-1", "kind": "USB", "place": "書庫" }));
    let back = json!({
        "at": "2026-12-01T09:00:00+09:00", "confirmed_by": "見本一郎", "place": "金庫",
        "pieces": [{ "what": "media", "id": "M-1" }],
    });
    let all = [
        registered,
        entry(2, "pack", &["TW-1", "M-1"], facts()),
        handover(3, "例示次郎", "見本印刷"),
        entry(4, "take_back", &["M-1", "TW-1"], back),
    ];
    let row = rows(&all).remove(0);
    assert_eq!((row.media_kind.as_deref(), row.giver.as_deref()), (Some("USB"), Some("見本花子")));
    assert_eq!(row.receiver.as_deref(), Some("見本印刷　例示次郎"));
    assert_eq!(row.handed_over.map(|at| at.to_rfc3339()).as_deref(), Some("2026-11-21T14:00:00+09:00"));
    assert_eq!(row.return_due, chrono::NaiveDate::from_ymd_opt(2027, 3, 31));
    assert_eq!(row.returned, chrono::NaiveDate::from_ymd_opt(2026, 12, 1));
    assert_eq!((row.return_checked_by.as_deref(), row.place.as_deref()), (Some("見本一郎"), Some("金庫")));
}

/// Attack: a partner's ledger that hands our medium on, takes it back and destroys it, in the columns of our register.
#[test]
fn the_other_sides_steps_change_no_column_of_ours() {
    let own = [entry(1, "pack", &["TW-1", "M-1"], facts()), handover(2, "例示次郎", "見本印刷")];
    let pieces = json!([{ "what": "media", "id": "M-1" }]);
    let at = "2026-11-25T09:00:00+09:00";
    let destroyed = json!({ "method": "破砕", "by": "丁野", "at": at, "pieces": pieces });
    let back = json!({ "at": at, "confirmed_by": "例示次郎", "place": "倉庫", "pieces": pieces });
    let theirs = [
        handover(7, "丁野", "再委託社"),
        entry(8, "take_back", &["M-1", "TW-1"], back),
        entry(9, "destroy", &["M-1", "TW-1"], destroyed),
    ];
    let carried = theirs.iter().zip(3..).map(|(theirs, number)| received(number, "other", theirs));
    let row = rows(&own.iter().cloned().chain(carried).collect::<Vec<_>>()).remove(0);
    assert_eq!(row.receiver.as_deref(), Some("見本印刷　例示次郎"));
    assert_eq!((row.returned, row.erased, &row.erase_method, &row.place), (None, None, &None, &None));
    assert_eq!(row.remarks.len(), 3, "each is told as their word: {:?}", row.remarks);
    assert!(row.remarks.iter().all(|said| said.starts_with("other ") && said.contains("相手方の記録")));
}
