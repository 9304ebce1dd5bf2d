//! Subcontractors, inspections and what was demanded, the list of those who work with the data, and its passing on.

#![cfg(target_os = "linux")]

use serde_json::json;

#[path = "common/contractor.rs"]
mod contractor;
#[path = "common/days.rs"]
mod days;
#[path = "common/desk.rs"]
mod desk;
#[path = "common/office.rs"]
mod office;
#[path = "common/pieces.rs"]
mod pieces;
use contractor::{SATO, issued, record};
use days::{Days, Side};

fn approved(days: &Days, side: &Side) {
    let approve = "approve --for subcontract --number 第5号 --date 2026-04-01 --by 課長 --thing 見本印刷";
    days.json(&side.office, &format!("{approve} {SATO}"));
}

#[test]
fn a_subcontractor_needs_a_decision_that_names_it() {
    let (days, side) = contractor::desk();
    let add = |name: &str| format!("subcontractor add {name} --duties 2026-04-01 {SATO}");
    days.refused(&side.office, &add("見本印刷"), 4, "needs_approval");
    approved(&days, &side);
    days.refused(&side.office, &add("他社"), 4, "needs_approval");
    let told = days.json(&side.office, &add("見本印刷"));
    assert_eq!(told["subcontractor"]["approval"], "第5号");
    assert_eq!(told["subcontractor"]["duties"], "2026-04-01");
    days.at("2026-12-01 09:00");
    days.json(&side.office, &format!("subcontractor end 見本印刷 --date 2026-11-30 {SATO}"));
    let listed = days.json(&side.office, "subcontractor list")["subcontractors"].clone();
    assert_eq!((&listed[0]["ended"], &listed[0]["works"]), (&json!("2026-11-30"), &json!(false)));
    days.refused(&side.office, &format!("subcontractor end 他社 {SATO}"), 1, "no_subcontractor");
}

/// Attack: a firm that was never looked at is said to work no more; and a look is typed in with a day on which it was not yet due.
#[test]
fn a_firm_that_ended_unseen_stays_to_be_told_and_so_does_a_look_written_down_late() {
    let (days, side) = contractor::desk();
    let office = &side.office;
    approved(&days, &side);
    days.json(office, &format!("subcontractor add 見本印刷 --from 2026-04-01 --duties 2026-04-01 {SATO}"));
    days.at("2027-04-20 09:00");
    days.json(office, &format!("subcontractor end 見本印刷 --date 2027-02-26 {SATO}"));
    let checks = |days: &Days| {
        let told = days.json(office, &format!("report audit --from 2026-04-01 --to 2027-04-20 {SATO}"));
        let found = told["findings"].as_array().unwrap().iter();
        found.map(|one| one["check"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(checks(&days), ["not_inspected"]);
    let waits = days.json(office, "status")["open"].clone();
    assert!(waits.as_array().unwrap().iter().any(|one| one["waits"] == "inspection"), "{waits}");
    days.json(office, &format!("inspection add on-site --of 見本印刷 --date 2027-02-01 --no-documents {SATO}"));
    assert_eq!(checks(&days), ["recorded_late"]);
}

#[test]
fn a_number_of_the_roster_decides_as_the_person_it_stands_for() {
    let (days, side) = contractor::desk();
    let approve = "approve --for takeout --number 第7号 --date 2026-04-01 --by P-001";
    days.json(&side.office, &format!("{approve} {SATO}"));
    assert_eq!(days.last_of(&side.office, "approve")["facts"]["by"], "佐藤健");
}

#[test]
fn a_finding_is_open_until_somebody_saw_that_it_was_mended() {
    let (days, side) = contractor::desk();
    let office = &side.office;
    let add = format!(
        "inspection add on-site --of 見本印刷 --place 本社 --method 立入り --attended 例示五郎 --item 施錠=good \
         --item 持出記録=bad:記録漏れ --finding 記録漏れ --demand 毎月確かめる --finding 掲示なし --due 2026-04-20 {SATO}"
    );
    let told = days.json(office, &add);
    let entry = told["entry"].as_u64().unwrap();
    let first = record(&side, &issued(&told));
    assert_eq!(first["title"], "実地検査記録票");
    assert_eq!(first["fields"]["items"][1], json!({ "item": "持出記録", "result": "bad", "remarks": "記録漏れ" }));
    assert_eq!(first["fields"]["demands"][0]["demand"], "毎月確かめる");
    assert_eq!(first["fields"]["demands"][1]["due"], json!({ "day": "2026-04-20" }), "one day stands for all");
    let open = |days: &Days| {
        let told = days.json(office, "status");
        let open = told["open"].as_array().unwrap().iter();
        open.filter(|one| one["waits"] == "improvement").map(|one| one["thing"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(open(&days), [json!(format!("{entry}-1")), json!(format!("{entry}-2"))]);
    days.at("2026-04-25 09:00");
    let told = days.json(office, &format!("inspection recheck {entry} --finding 1 --not-improved {SATO}"));
    assert_eq!(told["open"], json!([1, 2]));
    let told =
        days.json(office, &format!("inspection recheck {entry} --finding 1 --improved --remarks 確認した {SATO}"));
    assert_eq!(told["open"], json!([2]));
    let sheet = record(&side, &issued(&told));
    assert_eq!(sheet["fields"]["demands"][0]["improved"], true);
    assert_eq!(sheet["fields"]["demands"][0]["remarks"], "確認した");
    assert_eq!(open(&days), [json!(format!("{entry}-2"))]);
    let overdue = days.json(office, "status")["open"].as_array().unwrap().iter().any(|one| one["overdue"] == true);
    assert!(overdue);
    for (words, code, kind) in [
        (format!("inspection recheck {entry} --finding 3 --improved"), 1, "no_demand"),
        ("inspection recheck 1 --improved".to_owned(), 1, "no_inspection"),
        (format!("inspection recheck {entry} --finding 2 --improved --date 2026-03-01"), 4, "before"),
        ("inspection add self --item 施錠".to_owned(), 2, "bad_item"),
        ("inspection add self --item 施錠=たぶん".to_owned(), 2, "bad_item"),
        ("inspection add self --finding 一 --demand 二 --demand 三".to_owned(), 2, "demands_do_not_match"),
        ("inspection add self --date 2030-01-01".to_owned(), 2, "future"),
    ] {
        days.refused(office, &format!("{words} {SATO}"), code, kind);
    }
}

#[test]
fn the_yearly_look_is_told_before_it_is_due_and_when_it_is_over() {
    let days = Days::from("2026-04-01 09:00");
    let city = Side::new(&days, pieces::CITY);
    let waits = |days: &Days| {
        let told = days.json(&city.office, "status");
        let open = told["open"].as_array().unwrap().iter().filter(|one| one["waits"] == "inspection");
        open.map(|one| (one["thing"].clone(), one["due"].clone(), one["overdue"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(waits(&days), []);
    days.at("2027-02-01 09:00");
    assert_eq!(waits(&days), [(json!("見本印刷"), json!("2027-03-31"), json!(false))]);
    days.json(&city.office, "inspection add on-site --of 見本印刷 --no-documents");
    assert_eq!(waits(&days), [], "it was looked at");
    let other = Side::new(&days, pieces::CITY);
    days.at("2027-04-05 09:00");
    let told = days.json(&other.office, "status");
    assert!(told["open"].as_array().unwrap().iter().any(|one| one["waits"] == "inspection" && one["overdue"] == true));
    other.office.edit("inspection_months = 12", "inspection_months = 0");
    let told = days.json(&other.office, "status");
    assert!(told["open"].as_array().unwrap().iter().all(|one| one["waits"] != "inspection"), "－ in this contract");
}

#[test]
fn a_look_at_media_stands_in_the_register() {
    let (days, side) = contractor::desk();
    pieces::pair(&days, &side, "M-1", SATO);
    days.at("2026-06-01 09:00");
    let words = format!("inspection add self --medium M-1 --by 佐藤健 --by 鈴木花子 --no-documents {SATO}");
    days.json(&side.office, &words);
    let file = side.office.desk.path("管理簿.csv");
    days.run(&side.office, &format!("ledger export {} {SATO}", file.display())).ok();
    let text = std::fs::read_to_string(file).unwrap();
    let text = text.trim_start_matches('\u{feff}');
    let mut lines = text.lines().skip_while(|line| !line.contains("点検日"));
    let (head, line) = (lines.next().unwrap(), lines.next().unwrap_or_else(|| panic!("{text}")));
    let at = |name: &str| head.split(',').position(|cell| cell.trim_matches('"') == name).unwrap();
    let cells: Vec<&str> = line.split(',').map(|cell| cell.trim_matches('"')).collect();
    assert_eq!(
        (cells[at("点検日")], cells[at("点検者")]),
        ("令和8年6月1日（2026年6月1日）", "佐藤健・鈴木花子"),
        "{text}"
    );
}

#[test]
fn the_list_of_people_and_the_notice_of_changes() {
    let (days, side) = contractor::desk();
    days.at("2026-10-01 09:00");
    days.json(
        &side.office,
        &format!("staff add 高橋三郎 --role 作業従事者 --section 運用課 --pledged 2026-10-01 {SATO}"),
    );
    days.json(&side.office, &format!("staff retire 田中一 --date 2026-10-01 {SATO}"));
    let told = days.json(&side.office, &format!("report roster {SATO}"));
    let list = record(&side, &issued(&told));
    assert_eq!(list["title"], "作業責任者・作業従事者名簿");
    let names: Vec<&str> =
        list["fields"]["people"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["佐藤健", "鈴木花子", "高橋三郎"], "nobody of the city, nobody who left");
    assert_eq!(list["fields"]["people"][0]["pledged"], json!({ "day": "2026-04-01" }));
    let told = days.json(&side.office, &format!("report roster --since 2026-09-30 {SATO}"));
    let notice = record(&side, &issued(&told));
    assert_eq!(notice["title"], "作業責任者・作業従事者変更届");
    let fields = &notice["fields"];
    assert_eq!((fields["people"].as_array().unwrap().len(), &fields["people"][0]["change"]), (1, &json!("追加")));
    assert_eq!((&fields["left"][0]["name"], &fields["left"][0]["change"]), (&json!("田中一"), &json!("終了")));
    // Who came and left in between worked there too.
    days.at("2026-12-01 09:00");
    days.json(&side.office, &format!("staff retire 高橋三郎 --date 2026-12-01 {SATO}"));
    let told = days.json(&side.office, &format!("report roster --since 2026-09-30 {SATO}"));
    let left = record(&side, &issued(&told))["fields"]["left"].clone();
    assert_eq!((&left[1]["name"], &left[1]["change"]), (&json!("高橋三郎"), &json!("追加、終了")));
    days.refused(&side.office, &format!("report roster --since 2027-01-01 {SATO}"), 2, "future");
}

#[test]
fn who_takes_over_gets_what_is_out_what_was_decided_and_what_is_due() {
    let (days, side) = contractor::desk();
    let pair = pieces::pair(&days, &side, "M-1", SATO);
    approved(&days, &side);
    let told = days.json(&side.office, &format!("staff transfer 佐藤健 鈴木花子 {SATO}"));
    let sheet = record(&side, &issued(&told));
    let fields = &sheet["fields"];
    let things: Vec<&str> =
        fields["things"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert!(things.contains(&"M-1") && things.contains(&pair.slip.as_str()), "{things:?}");
    assert_eq!(
        (&fields["approvals"][0]["number"], &fields["approvals"][0]["purpose"]),
        (&json!("第5号"), &json!("再委託"))
    );
    assert_eq!((&fields["from"]["name"], &fields["to"]["name"]), (&json!("佐藤健"), &json!("鈴木花子")));
    assert!(!fields["deadlines"].as_array().unwrap().is_empty(), "{fields}");
}
