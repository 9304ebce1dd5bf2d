//! The forms that report, in the states they pass through: what a person relies on when one lies on the desk.

#![cfg(unix)]

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tewatashi::paper::record::CaseFacts;
use tewatashi::paper::{Form, Job, Press, Record, sample};

#[path = "common/edges.rs"]
mod edges;
#[path = "common/pdf.rs"]
mod pdf;
use edges::{over_the_edge, room_between, stretched};
use pdf::{Pdf, squeezed};

const REPORTS: [Form; 8] = [
    Form::Handling,
    Form::Compliance,
    Form::ErasureReport,
    Form::Audit,
    Form::Inspection,
    Form::Incident,
    Form::Roster,
    Form::Succession,
];

fn set(record: &Record) -> Pdf {
    let page = Press::new(vec![], None).set(&Job::of(record)).unwrap_or_else(|e| panic!("{}: {e:?}", record.form));
    Pdf::of(&page.pdf, page.pages)
}

fn said(record: &Record) -> String {
    squeezed(&set(record).text("-raw"))
}

/// The sample with these fields as well, and without those that are null.
fn with(form: Form, fields: &Value) -> Record {
    let mut record = sample(form);
    for (key, value) in fields.as_object().unwrap() {
        if value.is_null() {
            assert!(record.fields.remove(key).is_some(), "{key}");
        } else {
            record.fields.insert(key.clone(), value.clone());
        }
    }
    record
}

/// The form with nothing filled in.
fn blank(form: Form) -> Record {
    let mut record = sample(form);
    record.fields.clear();
    record
}

/// How often a word stands on each page.
fn on_each_page(pdf: &Pdf, word: &str) -> Vec<usize> {
    (1..=pdf.pages).map(|page| squeezed(&pdf.text_of(page)).matches(word).count()).collect()
}

#[test]
fn a_month_of_which_nobody_said_anything_is_left_to_the_hand() {
    let record = blank(Form::Handling);
    let pdf = set(&record);
    let text = squeezed(&pdf.text("-raw"));
    assert!(text.contains("受託期間令和年月日から令和年月日まで対象期間令和年月日から令和年月日まで"), "{text}");
    assert!(!text.contains('○') && !text.contains("別紙"), "nothing is chosen: {text}");
    assert!(text.contains("架空区長様"), "{text}");
    assert_eq!(pdf.pages, 1);
    let rooms = [("(6)", "(7)"), ("(7)", "(8)"), ("(8)", "２")].map(|(above, below)| room_between(&pdf, above, below));
    assert!(rooms.iter().all(|room| *room > 9.0), "{rooms:?}");
}

#[test]
fn a_month_is_compared_with_what_was_declared_and_lists_its_transports_overleaf() {
    let text = said(&sample(Form::Handling));
    assert!(text.contains("提出した時点（令和8年3月25日）からの変更の有無等"), "{text}");
    assert!(!said(&with(Form::Handling, &json!({ "declared": null }))).contains("（令和8年3月25日）"));
    let carried = |n: usize| {
        let rows: Vec<Value> =
            (0..n).map(|n| json!({ "day": { "day": "2026-11-04" }, "thing": format!("束-{n}") })).collect();
        set(&with(Form::Handling, &json!({ "carried": rows })))
    };
    let pdf = carried(80);
    assert!(pdf.pages > 3);
    let heads = on_each_page(&pdf, "受領者・行先");
    assert!(heads[0] == 0 && heads[1..].iter().all(|n| *n == 1), "{heads:?}");
    let text = squeezed(&pdf.text("-raw"));
    assert!(text.contains("（80件）") && (0..80).all(|n| text.contains(&format!("束-{n}"))), "{text}");
    let text = said(&with(Form::Handling, &json!({ "carried": null })));
    assert!(!text.contains("別紙情報資産"), "{text}");
}

#[test]
fn who_is_addressed_gets_one_title_of_respect() {
    for (to, wanted) in [("見本市長", "見本市長様"), ("見本市長　様", "見本市長様"), ("見本市長 様", "見本市長様")]
    {
        let text = said(&with(Form::Handling, &json!({ "letter": { "to": to } })));
        assert!(text.contains(wanted) && !text.contains("様様"), "{text}");
        assert!(!text.contains("例示花子"), "a letter that names no sender names none: {text}");
    }
}

#[test]
fn the_nine_questions_name_whoever_receives_them() {
    for (city, word) in [("架空区", "区"), ("見本市", "市"), ("架空見本広域連合", "委託者"), ("", "区")]
    {
        let mut record = sample(Form::Compliance);
        city.clone_into(&mut record.case.city.name);
        let text = said(&record);
        assert!(text.contains(&format!("事前に{word}へ文書で協議し")), "{text}");
        assert!(text.contains(&format!("{word}記入欄受付日")), "{text}");
    }
}

#[test]
fn an_unanswered_question_has_room_and_an_answered_one_its_words() {
    let mut record = blank(Form::Compliance);
    let text = said(&record);
    assert!(text.contains("契約番号8架契第123号") && text.contains("名称株式会社見本情報処理"), "{text}");
    record.case = CaseFacts::default();
    let pdf = set(&record);
    let text = squeezed(&pdf.text("-raw"));
    assert!(!text.contains('✓') && text.contains("契約番号契約第号契約件名契約日令和年月日"), "{text}");
    assert!(!text.contains("対象期間") && !text.contains("添付"), "they are not on the published form: {text}");
    assert!(room_between(&pdf, "(4)", "(5)") > 20.0, "{}", room_between(&pdf, "(4)", "(5)"));
    assert!(room_between(&pdf, "所在地", "名") > 5.5, "{}", room_between(&pdf, "所在地", "名"));
    let text = said(&sample(Form::Compliance));
    assert!(text.contains("（対象期間令和8年4月1日から令和8年11月30日まで）"), "{text}");
    assert!(
        text.contains("具体的対策、日付等を記入〕令和8年4月2日「個人情報の取扱いと情報セキュリティ」4名受講"),
        "{text}"
    );
    assert!(text.contains("添付作業責任者・作業従事者名簿（D-0016）1部"), "{text}");
}

#[test]
fn whether_anything_is_left_is_said_by_one_box() {
    let box_of = |fields: &Value| {
        let text = said(&with(Form::ErasureReport, fields));
        let at = text.find("未消去の有無").unwrap() + "未消去の有無".len();
        (text[at..].chars().take(24).collect::<String>(), text)
    };
    let (chosen, text) = box_of(&json!({}));
    assert!(chosen.starts_with("□✓なし□あり（未了あり）") && !text.contains("未了の事項"), "{text}");
    let (chosen, text) = box_of(&json!({ "complete": null }));
    assert!(chosen.starts_with("□なし□あり（未了あり）"), "{text}");
    let open = json!(["機器 K-002　消去の記録がない", "パスワード通知書 D-0008　返却されていない"]);
    let (chosen, text) = box_of(&json!({ "complete": false, "open": open }));
    assert!(chosen.starts_with("□なし□✓あり（未了あり）未了2件"), "{text}");
    assert!(
        text.contains("未了の事項項内容1機器K-002消去の記録がない2パスワード通知書D-0008返却されていない"),
        "{text}"
    );
}

/// Attack: a report that says nothing is left, beside a list of what is.
#[test]
fn an_open_list_is_never_called_complete() {
    let text = said(&with(Form::ErasureReport, &json!({ "complete": true, "open": ["機器 K-002"] })));
    assert!(text.contains("□なし□✓あり（未了あり）") && !text.contains("□✓なし"), "{text}");
}

#[test]
fn every_work_of_an_erasure_report_says_what_it_was() {
    for (word, other) in [("返却", "返還"), ("返還", "返却")] {
        let mut record = sample(Form::ErasureReport);
        word.clone_into(&mut record.style.return_word);
        let text = said(&record);
        for kind in ["1消去", "3廃棄", &format!("4{word}"), "5申告（未測定）"] {
            assert!(text.contains(kind), "{kind}: {text}");
        }
        assert!(!text.contains(other) && text.contains("承認8架区保第612号"), "{text}");
    }
    let works: Vec<Value> = (0..60).map(|n| json!({ "kind": "erased", "things": format!("端末-{n}") })).collect();
    let machines: Vec<Value> = (0..60).map(|n| json!({ "id": format!("K-{n}") })).collect();
    let pdf = set(&with(Form::ErasureReport, &json!({ "works": works, "machines": machines })));
    let (machines, works) = (on_each_page(&pdf, "名称・製造番号"), on_each_page(&pdf, "日時・担当者"));
    assert!(machines.iter().zip(&works).all(|(machines, works)| machines + works > 0), "{machines:?} {works:?}");
    assert!(machines.iter().filter(|n| **n == 1).count() > 1 && works.iter().filter(|n| **n == 1).count() > 1);
}

#[test]
fn an_audit_with_no_finding_says_so_with_what_was_checked() {
    let checked = json!([
        { "item": "媒体の返却", "looked": { "count": 1234 }, "found": { "count": 0 } },
        { "item": "文書番号の欠番", "looked": { "count": 40 }, "found": { "count": 0 } },
    ]);
    let text = said(&with(Form::Audit, &json!({ "findings": null, "checked": checked })));
    assert!(text.contains("結果指摘なし（確認した事項2件）"), "{text}");
    assert!(text.contains("1媒体の返却1,234件指摘なし2文書番号の欠番40件指摘なし"), "{text}");
    assert!(text.contains("指摘事項指摘なし（確認した事項について、"), "{text}");
}

#[test]
fn an_audit_with_findings_counts_them_all_and_names_their_entries() {
    let finding =
        |n: usize| json!({ "kind": "未返却", "text": format!("第{n}の媒体"), "entries": format!("{n}, {}", n + 7) });
    let findings: Vec<Value> = (1..=300).map(finding).collect();
    let checked = json!([{ "item": "媒体の返却", "looked": { "count": 1234 }, "found": { "count": 1500 } }]);
    let record = with(Form::Audit, &json!({ "findings": findings, "checked": checked, "unlisted": { "count": 1200 } }));
    let pdf = set(&record);
    let text = squeezed(&pdf.text("-raw"));
    assert!(text.contains("結果指摘1,500件"), "{text}");
    assert!(text.contains("指摘1,500件") && text.contains("このほか1,200件は、この表に掲げていない。"), "{text}");
    assert!((1..=300).all(|n| text.contains(&format!("第{n}の媒体")) && text.contains(&format!("{n},{}", n + 7))));
    let heads = on_each_page(&pdf, "台帳の記録番号");
    assert!(heads.len() > 5 && heads[1..heads.len() - 1].iter().all(|n| *n == 1), "{heads:?}");
}

#[test]
fn an_audit_is_the_auditors_and_an_inspection_the_managers() {
    let text = said(&sample(Form::Audit));
    assert!(text.contains("監査を行ったので") && text.contains("監査責任者架空区監査室室長架空六子"), "{text}");
    assert!(text.matches("総括保護管理者").count() == 1 && text.contains("架空区総務部部長架空五郎様"), "{text}");
    let mut record = with(Form::Audit, &json!({ "kind": "inspection" }));
    "点検報告書".clone_into(&mut record.title);
    let text = said(&record);
    assert!(text.contains("点検報告書") && text.contains("点検を行ったので") && !text.contains("監査責任者"), "{text}");
    let text = said(&blank(Form::Audit));
    assert!(text.contains("結果□指摘なし□指摘あり") && text.contains("総括保護管理者様"), "{text}");
}

#[test]
fn an_inspection_shows_what_was_demanded_and_whether_it_was_mended() {
    let text = said(&sample(Form::Inspection));
    assert!(text.contains("□実地検査□点検□✓再委託先の監督"), "{text}");
    assert!(text.contains("□適□✓否□該当なし下記1のとおり") && text.contains("□適□否□✓該当なし持ち出しなし"), "{text}");
    assert!(text.contains("再確認日令和8.10.6□✓改善済□未改善"), "{text}");
    let open = json!([{ "finding": "施錠されていない。", "demand": "施錠すること。", "due": { "day": "2026-10-02" } }]);
    let text = said(&with(Form::Inspection, &json!({ "demands": open, "kind": "self_check" })));
    assert!(text.contains("再確認日令和..□改善済□未改善") && text.contains("点検者"), "{text}");
    let text = said(&with(Form::Inspection, &json!({ "demands": null })));
    assert!(text.contains("指摘事項・改善要求なし"), "{text}");
    let text = said(&blank(Form::Inspection));
    assert!(text.matches("□適□否□該当なし").count() == 5 && text.matches("再確認日").count() == 2, "{text}");
}

#[test]
fn an_incident_says_first_whom_to_call() {
    let text = said(&sample(Form::Incident));
    let at = |word: &str| text.find(word).unwrap_or_else(|| panic!("{word}: {text}"));
    assert!(at("直ちに区へ報告") < at("03-0000-2222") && at("03-0000-2222") < at("あて"), "{text}");
    assert!(at("070-0000-3333") < at("報告日時") && text.contains("事実の確認を待たず"), "{text}");
    for (city, word) in [("見本市", "市"), ("", "委託者")] {
        let mut record = sample(Form::Incident);
        city.clone_into(&mut record.case.city.name);
        let text = said(&record);
        assert!(text.contains(&format!("直ちに{word}へ報告")) && text.contains(&format!("{word}受付欄")), "{text}");
    }
}

#[test]
fn an_incident_leaves_open_what_is_not_known() {
    let mut record = blank(Form::Incident);
    "個人情報漏えい等事故報告書（第二報）".clone_into(&mut record.title);
    let pdf = set(&record);
    let text = squeezed(&pdf.text("-raw"));
    assert!(text.contains("事故報告書（第二報）") && text.contains("報告第報報告日時令和年月日時分"), "{text}");
    assert!(text.contains("□漏えい□滅失□毀損□おそれ") && text.contains("暗号化の有無□有□無"), "{text}");
    assert!(!text.contains('✓') && !text.contains("目安") && !text.contains("前報からの変更"), "{text}");
    for (above, below, room) in [("場所", "区分", 30.0), ("原因", "応急措置", 28.0), ("本人対応", "再発防止", 25.0)]
    {
        assert!(room_between(&pdf, above, below) > room, "{above}: {}", room_between(&pdf, above, below));
    }
}

#[test]
fn an_incident_tells_encryption_for_each_bundle_and_never_decides() {
    let bundle = |id: &str, encrypted: bool| json!({ "bundle": id, "encrypted": encrypted, "slip": "D-0008" });
    let fields = json!({
        "nth": { "count": 2 }, "kinds": ["leak", "possible"],
        "encryption": [bundle("TW-1", true), bundle("TW-2", false), { "bundle": "TW-3" }],
        "changes": ["件数　第一報では「不明」とした。"],
    });
    let text = said(&with(Form::Incident, &fields));
    for row in ["束の番号TW-1暗号化の有無□✓有□無", "束の番号TW-2暗号化の有無□有□✓無", "束の番号TW-3暗号化の有無□有□無"]
    {
        assert!(text.contains(row), "{row}: {text}");
    }
    assert!(text.contains("報告第2報") && text.contains("□✓漏えい□滅失□毀損□✓おそれ"), "{text}");
    assert!(text.contains("前報からの変更項変更の内容1件数第一報では「不明」とした。"), "{text}");
    assert!(text.contains("速報令和8年12月13日令和8年12月15日確報令和9年1月9日"), "{text}");
    assert!(text.contains("目安であり、報告の要否及び時期の判断は、報告する機関が行う。"), "{text}");
    assert!(!said(&with(Form::Incident, &json!({ "guide": null }))).contains("速報"));
}

#[test]
fn a_roster_becomes_a_notice_of_change_since_a_day() {
    let text = said(&sample(Form::Roster));
    assert!(text.contains("令和8年4月2日より後の変更を") && text.contains("従事を終了した者"), "{text}");
    assert!(text.contains("例示五郎令和8.11.5令和8.11.2令和8.11.4追加"), "{text}");
    assert!(text.contains("例示七子令和8.4.3令和8.10.31異動による終了"), "{text}");
    let text = said(&with(Form::Roster, &json!({ "left": null })));
    assert!(text.contains("従事を終了した者なし"), "{text}");
    let mut record = with(Form::Roster, &json!({ "since": null, "left": null }));
    "作業責任者・作業従事者名簿".clone_into(&mut record.title);
    let people: Vec<Value> =
        (0..60).map(|n| json!({ "number": format!("S-{n}"), "name": format!("例示{n}郎") })).collect();
    record.fields.insert("people".into(), people.into());
    let pdf = set(&record);
    let text = squeezed(&pdf.text("-raw"));
    assert!(text.contains("下記のとおり報告する。") && !text.contains("変更"), "{text}");
    let heads = on_each_page(&pdf, "誓約書提出日");
    assert!(heads.len() > 3 && heads[..heads.len() - 1].iter().all(|n| *n == 1), "{heads:?}");
}

#[test]
fn a_succession_is_signed_by_both_and_says_where_nothing_is_held() {
    let text = said(&sample(Form::Succession));
    assert!(text.contains("1DVD-RM-2026-014") && text.contains("1枚□"), "{text}");
    assert!(text.contains("引き受けた。区分所属氏名（署名）年月日印前任者令和年月日印後任者令和年月日印"), "{text}");
    let text = said(&with(Form::Succession, &json!({ "things": null, "approvals": null, "deadlines": null })));
    assert!(text.contains("未返却の媒体・パスワード通知書なし承認なし期限なし"), "{text}");
    let text = said(&blank(Form::Succession));
    assert!(!text.contains("なし"), "what nobody filled in says nothing: {text}");
}

#[test]
fn long_words_of_a_report_stay_on_the_paper() {
    let mut pages = BTreeMap::new();
    for form in REPORTS {
        for by in ["W0RD_WITHOUT_ANY_SPACE".repeat(12), "氏名と住所を含む長い語句".repeat(25), "𠮷髙".repeat(40)]
        {
            let mut record = sample(form);
            let mut fields = Value::Object(record.fields);
            let role = fields.pointer("/letter/role").cloned();
            stretched(&mut fields, &by);
            if let Some(role) = role {
                fields["letter"]["role"] = role; // It is a word of the program: 受託者, 委託者.
            }
            record.fields = fields.as_object().unwrap().clone();
            let pdf = set(&record);
            assert_eq!(over_the_edge(&pdf), [""; 0], "{}", form.name());
            assert!(squeezed(&pdf.text("-raw")).contains(&by), "{} lacks {by}", form.name());
            pages.insert(form.name(), pdf.pages);
        }
    }
    assert_eq!(pages.len(), REPORTS.len());
}

#[test]
fn seals_have_places_on_a_report_where_the_case_has_seals() {
    for (form, wanted) in [
        (Form::Handling, 1),
        (Form::Compliance, 1),
        (Form::ErasureReport, 1),
        (Form::Audit, 4),
        (Form::Inspection, 3),
        (Form::Incident, 1),
        (Form::Roster, 1),
        (Form::Succession, 3),
    ] {
        let mut record = sample(form);
        let [with, without] = [true, false].map(|seals| {
            record.style.seals = seals;
            said(&record).matches('印').count()
        });
        assert_eq!(with - without, wanted, "{}", form.name());
    }
}
