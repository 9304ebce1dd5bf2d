//! The fold and what is open, from entries as the commands write them.

use chrono::{DateTime, FixedOffset};
use serde_json::{Value, json};

use super::facts::What;
use super::occasion::{self, Going, TooClose};
use super::open::{self, Waits};
use super::piece::Written;
use super::{Life, Misstep, State, Step};
use crate::calendar::iso;
use crate::case::Side;
use crate::ledger::entry::VERSION;
use crate::ledger::{Claim, Clock, Entry, Kind, Operator, Outcome, Subject, SubjectType};

const BUNDLE: &str = "TW-20261121-AAAA";

struct Book(Vec<Entry>);

impl Book {
    fn add(&mut self, kind: Kind, by: &str, subjects: &[(SubjectType, &str)], facts: Value) -> u64 {
        let number = self.0.len() as u64 + 1;
        let Value::Object(facts) = facts else { panic!("{facts}") };
        self.0.push(Entry {
            v: VERSION,
            number,
            time: "2026-11-21T12:00:00.000+09:00".into(),
            clock: Clock { source: "system".into(), synchronised: None },
            operator: Operator {
                name: by.into(),
                staff: None,
                by: Claim::Option,
                os_user: by.into(),
                host: "pc-1".into(),
            },
            kind: kind.text(),
            subjects: subjects.iter().map(|(kind, id)| Subject::new(*kind, *id)).collect(),
            result: Outcome::Done,
            facts,
        });
        number
    }

    fn packed() -> Self {
        let mut book = Self(Vec::new());
        book.add(
            Kind::Pack,
            "佐藤",
            &[(SubjectType::Bundle, BUNDLE), (SubjectType::Medium, "M-1")],
            json!({ "slip": { "given": "file", "number": "D-0001" }, "written": "elsewhere", "opening_code_sha256": "ab" }),
        );
        book
    }

    /// Something that is done to the medium or the slip.
    fn step(&mut self, kind: Kind, by: &str, what: What, facts: Value) -> u64 {
        let (subject, id) = match what {
            What::Media => (SubjectType::Medium, "M-1"),
            What::Slip => (SubjectType::Slip, "D-0001"),
        };
        let mut facts = facts;
        facts["what"] = json!(what);
        facts["pieces"] = json!([{ "what": what, "id": id }]);
        self.add(kind, by, &[(subject, id), (SubjectType::Bundle, BUNDLE)], facts)
    }

    fn handed(&mut self, what: What, at: &str, awaits_check: bool) -> u64 {
        self.step(
            Kind::Handover,
            "佐藤",
            what,
            json!({
                "direction": "provided", "to": { "name": "例示次郎" }, "party": "受託者", "id_check": "社員証",
                "at": at, "signed": false, "awaits_check": awaits_check,
            }),
        )
    }

    fn receipt(&mut self, what: What, at: &str) -> u64 {
        self.step(Kind::Ack, "佐藤", what, json!({ "opened": false, "proof": "paper", "at": at }))
    }

    fn life(&self) -> Life {
        Life::of(&self.0)
    }

    fn waits(&self) -> Vec<Waits> {
        open::all(&self.life(), iso("2027-03-31")).iter().map(|open| open.waits).collect()
    }
}

fn time(text: &str) -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339(text).unwrap()
}

const MONDAY: &str = "2026-11-23T10:00:00+09:00";
const LATE_MONDAY: &str = "2026-11-23T23:59:00+09:00";
const TUESDAY: &str = "2026-11-24T00:00:00+09:00";

fn slip_may_go(life: &Life, at: &str, gap: u32) -> Vec<&'static str> {
    let piece = life.piece(What::Slip, "D-0001").unwrap();
    let going = Going { piece, party: Side::Contractor, at: time(at), gap };
    occasion::apart(life, going).iter().map(TooClose::rule).collect()
}

#[test]
fn the_slip_waits_for_medium_check_receipt_and_another_day() {
    let mut book = Book::packed();
    assert_eq!(slip_may_go(&book.life(), MONDAY, 1), ["medium_not_handed_over"]);
    book.handed(What::Media, MONDAY, true);
    assert_eq!(slip_may_go(&book.life(), TUESDAY, 1), ["medium_not_checked"]);
    book.step(Kind::HandoverCheck, "鈴木", What::Media, json!({ "items": [] }));
    assert_eq!(slip_may_go(&book.life(), TUESDAY, 1), ["medium_receipt_missing"]);
    assert_eq!(
        slip_may_go(&book.life(), LATE_MONDAY, 1),
        ["medium_receipt_missing", "same_occasion"],
        "all of it is told"
    );
    book.receipt(What::Media, MONDAY);
    assert_eq!(slip_may_go(&book.life(), LATE_MONDAY, 1), ["same_occasion"]);
    assert_eq!(slip_may_go(&book.life(), TUESDAY, 1), Vec::<&str>::new(), "a minute later it is another day");
    assert_eq!(slip_may_go(&book.life(), TUESDAY, 2), ["same_occasion"], "the case asks for more");
    assert_eq!(slip_may_go(&book.life(), MONDAY, 0), Vec::<&str>::new(), "the case asks for none");
}

/// Attack: a computer set to another zone, in which it was another day.
#[test]
fn they_are_days_apart_by_both_clocks() {
    let mut book = Book::packed();
    book.handed(What::Media, MONDAY, false);
    book.receipt(What::Media, MONDAY);
    for same_by_one in ["2026-11-23T14:59:00+00:00", "2026-11-23T15:00:00+00:00", "2026-11-24T00:30:00+14:00"] {
        assert_eq!(slip_may_go(&book.life(), same_by_one, 1), ["same_occasion"], "{same_by_one}");
    }
    assert_eq!(slip_may_go(&book.life(), "2026-11-24T00:00:00+00:00", 1), Vec::<&str>::new());
}

/// Attack: a stated time at which the medium was still here, or its receipt not there.
#[test]
fn no_stated_time_puts_the_slip_before_its_medium() {
    let mut book = Book::packed();
    book.handed(What::Media, MONDAY, false);
    book.receipt(What::Media, "2026-11-26T10:00:00+09:00");
    assert_eq!(slip_may_go(&book.life(), "2026-11-20T10:00:00+09:00", 1), ["medium_not_handed_over"]);
    assert_eq!(slip_may_go(&book.life(), "2026-11-25T10:00:00+09:00", 1), ["medium_receipt_missing"]);
    assert_eq!(slip_may_go(&book.life(), "2026-11-26T10:00:00+09:00", 1), Vec::<&str>::new());
}

#[test]
fn a_look_before_counts_only_by_somebody_else() {
    for (by, counts) in [("佐藤", false), ("鈴木", true)] {
        let mut book = Book::packed();
        book.step(Kind::HandoverCheck, by, What::Media, json!({ "items": [] }));
        book.handed(What::Media, MONDAY, true);
        let life = book.life();
        let handed = life.piece(What::Media, "M-1").unwrap().handed().unwrap().counts;
        assert_eq!(handed, counts, "{by}");
    }
}

#[test]
fn what_is_open_follows_the_pair_from_desk_to_desk() {
    use Waits::{MediumHandover, OpeningProof, Receipt, SlipHandover, TakeBack, UnlistedMachine, WritingUnconfirmed};
    let mut book = Book::packed();
    assert_eq!(book.waits(), [WritingUnconfirmed, MediumHandover, SlipHandover, UnlistedMachine]);
    book.add(
        Kind::Verify,
        "佐藤",
        &[(SubjectType::Bundle, BUNDLE), (SubjectType::Medium, "M-1")],
        json!({ "medium_read": true }),
    );
    book.add(
        Kind::EquipmentAdd,
        "佐藤",
        &[(SubjectType::Equipment, "PC-1")],
        json!({ "id": "PC-1", "kind": "PC", "host": "pc-1" }),
    );
    book.handed(What::Media, MONDAY, false);
    assert_eq!(book.waits(), [Receipt, SlipHandover, TakeBack, Waits::Machine]);
    book.receipt(What::Media, MONDAY);
    book.handed(What::Slip, TUESDAY, false);
    book.receipt(What::Slip, TUESDAY);
    assert_eq!(book.waits(), [OpeningProof, TakeBack, TakeBack, Waits::Machine]);
    let subjects = [(SubjectType::Medium, "M-1"), (SubjectType::Bundle, BUNDLE)];
    let code = json!({ "opened": true, "proof": "code", "at": TUESDAY, "pieces": [{ "what": "media", "id": "M-1" }] });
    book.add(Kind::Ack, "佐藤", &subjects, code);
    assert_eq!(book.waits(), [TakeBack, TakeBack, Waits::Machine]);
    for what in [What::Media, What::Slip] {
        book.step(Kind::TakeBack, "佐藤", what, json!({ "at": TUESDAY, "confirmed_by": "佐藤" }));
    }
    let declared = json!({ "by": "佐藤", "date": "2026-11-24", "statement": "消去済み" });
    book.add(Kind::Declare, "佐藤", &[(SubjectType::Equipment, "PC-1")], declared);
    assert_eq!(book.waits(), [], "what came back is not to be handed over again");
    assert_eq!(book.life().piece(What::Media, "M-1").unwrap().handovers.len(), 1);
}

#[test]
fn a_void_pair_stays_open_until_both_parts_are_back_or_gone() {
    let mut book = Book::packed();
    book.handed(What::Media, MONDAY, false);
    book.step(Kind::Lost, "佐藤", What::Slip, json!({ "circumstances": "不明", "at": TUESDAY }));
    book.add(Kind::Void, "佐藤", &[(SubjectType::Bundle, BUNDLE)], json!({ "bundle": BUNDLE, "reason": "紛失" }));
    let void = |book: &Book| book.waits().into_iter().filter(|waits| *waits == Waits::VoidPartOut).count();
    assert_eq!(void(&book), 2);
    book.step(Kind::TakeBack, "佐藤", What::Media, json!({ "at": TUESDAY, "confirmed_by": "佐藤" }));
    assert_eq!(void(&book), 1);
    let life = book.life();
    assert_eq!(life.piece(What::Media, "M-1").unwrap().may(Step::Handover), Err(Misstep::IsVoid(4)));
    book.step(Kind::Recovered, "佐藤", What::Slip, json!({ "at": TUESDAY, "circumstances": "見つかった" }));
    assert_eq!(void(&book), 0);
}

/// Attack: a partner's ledger that says our medium is destroyed, or its own receipt for another bundle.
#[test]
fn of_the_other_side_a_receipt_is_believed_and_nothing_else() {
    let mut book = Book::packed();
    book.handed(What::Media, MONDAY, false);
    let mut theirs = Book(Vec::new());
    let subjects = [(SubjectType::Medium, "M-1"), (SubjectType::Bundle, BUNDLE)];
    let pieces = json!([{ "what": "media", "id": "M-1" }]);
    for (kind, facts) in [
        (Kind::Destroy, json!({ "method": "裁断", "by": "甲", "at": TUESDAY, "pieces": pieces })),
        (Kind::Void, json!({ "bundle": BUNDLE, "reason": "x" })),
        (Kind::Receive, json!({ "what": "media", "at": TUESDAY, "pieces": pieces })),
    ] {
        theirs.add(kind, "例示次郎", &subjects, facts);
    }
    for entry in &theirs.0 {
        let carried = json!({ "origin": "o", "number": entry.number, "entry": entry });
        book.add(Kind::Received, "佐藤", &[(SubjectType::Ledger, "o")], carried);
    }
    let life = book.life();
    let medium = life.piece(What::Media, "M-1").unwrap();
    let State::Handed(handed) = &medium.state else { panic!("{medium:?}") };
    assert_eq!(handed.receipt.map(|seen| (seen.entry, seen.at)), Some((5, time(TUESDAY))));
    assert!(medium.void.is_none() && life.destructions.is_empty());
}

#[test]
fn a_medium_made_empty_begins_anew() {
    let mut book = Book::packed();
    book.add(
        Kind::MediumReset,
        "佐藤",
        &[(SubjectType::Medium, "M-1"), (SubjectType::Bundle, BUNDLE)],
        json!({ "method": "初期化", "succeeded": true, "confirmed_by": "鈴木", "at": TUESDAY, "pieces": [{ "what": "media", "id": "M-1" }] }),
    );
    let life = book.life();
    let medium = life.piece(What::Media, "M-1").unwrap();
    assert!(medium.bundles.is_empty() && medium.written == Written::Nothing && medium.resets.len() == 1);
    assert_eq!(medium.state, State::Here, "it is no destruction");
    assert_eq!(slip_may_go(&life, TUESDAY, 1), ["medium_not_handed_over"], "its old slip opens nothing");
    let mut failed = book;
    failed.0[1].facts["succeeded"] = json!(false);
    assert_eq!(failed.life().piece(What::Media, "M-1").unwrap().bundles, [BUNDLE], "all of it is still there");
}

#[test]
fn facts_of_another_shape_change_nothing() {
    let mut book = Book::packed();
    let before = book.life().pieces.len();
    for kind in super::KINDS {
        book.add(kind, "佐藤", &[], json!({ "what": 5, "pieces": "x", "at": "gestern" }));
    }
    let life = book.life();
    assert_eq!((life.pieces.len(), &life.piece(What::Media, "M-1").unwrap().state), (before, &State::Here));
}

/// Both sides number their slips from one: what came with number D-0001 is not the D-0001 that was issued here.
#[test]
fn a_slip_of_the_other_side_with_a_number_of_ours_is_another_slip() {
    let mut book = Book::packed();
    let theirs = "TW-20261120-BBBB";
    book.add(
        Kind::Receive,
        "佐藤",
        &[(SubjectType::Bundle, theirs), (SubjectType::Slip, "D-0001")],
        json!({ "what": "slip", "number": "D-0001", "at": MONDAY, "pieces": [{ "what": "slip", "id": format!("{theirs}/slip") }] }),
    );
    let life = book.life();
    let slips: Vec<_> = life.pieces.iter().filter(|piece| piece.what == What::Slip).collect();
    let told: Vec<_> = slips.iter().map(|piece| (piece.name_of(), piece.theirs, piece.bundles[0].as_str())).collect();
    assert_eq!(told, [("D-0001", false, BUNDLE), ("D-0001", true, theirs)]);
}

/// Two things given to one firm, whose papers come one after the other.
#[test]
fn a_piece_at_a_firm_stays_open_until_its_own_paper_is_there() {
    let mut book = Book::packed();
    let both = json!([{ "what": "media", "id": "M-1" }, { "what": "media", "id": "M-2" }]);
    let media = [(SubjectType::Medium, "M-1"), (SubjectType::Medium, "M-2")];
    let given =
        json!({ "method": "溶解", "by": "佐藤", "at": MONDAY, "vendor": { "name": "見本処理" }, "pieces": both });
    let destroy = book.add(Kind::Destroy, "佐藤", &media, given);
    let papers = |book: &Book| {
        let open = open::all(&book.life(), None);
        open.into_iter().filter(|open| open.waits == Waits::VendorPaper).map(|open| open.thing).collect::<Vec<_>>()
    };
    assert_eq!(papers(&book), ["M-1", "M-2"]);
    let one = json!({ "destroy": destroy, "date": "2026-11-30", "pieces": [{ "what": "media", "id": "M-1" }] });
    book.add(Kind::VendorCertificate, "佐藤", &media[..1], one);
    assert_eq!(papers(&book), ["M-2"]);
}

/// What was packed on a medium that came back waits to go again; a void bundle leaves the medium to the one in force.
#[test]
fn a_medium_that_came_back_goes_again_with_a_new_bundle() {
    let mut book = Book::packed();
    book.handed(What::Media, MONDAY, false);
    book.step(Kind::TakeBack, "佐藤", What::Media, json!({ "at": TUESDAY, "confirmed_by": "佐藤" }));
    let waits = |book: &Book| book.waits().contains(&Waits::MediumHandover);
    assert!(!waits(&book));
    book.add(
        Kind::Pack,
        "佐藤",
        &[(SubjectType::Bundle, "TW-20261125-CCCC"), (SubjectType::Medium, "M-1")],
        json!({ "slip": null }),
    );
    assert!(waits(&book));
    book.add(Kind::Void, "佐藤", &[(SubjectType::Bundle, BUNDLE)], json!({ "bundle": BUNDLE, "reason": "差替え" }));
    assert!(waits(&book) && book.life().piece(What::Media, "M-1").unwrap().void.is_none());
}

#[test]
fn an_erasure_settles_a_machine_only_when_no_copy_is_left_on_it() {
    let mut book = Book(Vec::new());
    let machine = json!({ "id": "PC-1", "kind": "PC", "host": "pc-1" });
    book.add(Kind::EquipmentAdd, "佐藤", &[(SubjectType::Equipment, "PC-1")], machine);
    for copy in ["c-1", "c-2"] {
        book.add(Kind::Open, "佐藤", &[(SubjectType::Bundle, BUNDLE)], json!({ "copy": copy, "machine": "PC-1" }));
    }
    let settled = |book: &Book| book.life().machines[0].settled().is_some();
    for (copy, ends) in [("c-1", false), ("c-2", true)] {
        let copies = json!({ "copies": [{ "copy": copy, "gone": true }] });
        book.add(Kind::Erase, "佐藤", &[(SubjectType::Bundle, BUNDLE)], copies);
        assert_eq!(settled(&book), ends, "{copy}");
    }
    // Data came onto it once more, and something that is nobody's data was erased.
    book.add(Kind::Open, "佐藤", &[(SubjectType::Bundle, BUNDLE)], json!({ "copy": "c-3", "machine": "PC-1" }));
    book.add(Kind::Erase, "佐藤", &[], json!({ "copies": [{ "copy": "c-3", "gone": true }] }));
    assert!(!settled(&book));
}

/// Attack: the medium is with the wrong firm, or lost, and the slip goes out all the same; or the other way round.
#[test]
fn nothing_goes_to_where_its_other_part_is_astray() {
    let told = json!({ "reason": "宛先違い", "at": MONDAY });
    let mut recalled = Book::packed();
    recalled.handed(What::Media, MONDAY, false);
    recalled.receipt(What::Media, MONDAY);
    recalled.step(Kind::Recall, "佐藤", What::Media, told);
    assert_eq!(slip_may_go(&recalled.life(), TUESDAY, 1), ["other_part_at_risk"]);
    recalled.step(Kind::Recovered, "佐藤", What::Media, json!({ "at": TUESDAY, "circumstances": "未開封" }));
    assert_eq!(slip_may_go(&recalled.life(), TUESDAY, 1), ["medium_not_handed_over"]);
    assert!(recalled.waits().contains(&Waits::MediumHandover), "it did not go to the right one yet");

    let mut lost = Book::packed();
    lost.step(Kind::Lost, "佐藤", What::Slip, json!({ "circumstances": "不明", "at": MONDAY }));
    let life = lost.life();
    let piece = life.piece(What::Media, "M-1").unwrap();
    let going = Going { piece, party: Side::Contractor, at: time(TUESDAY), gap: 1 };
    assert_eq!(occasion::apart(&life, going).iter().map(TooClose::rule).collect::<Vec<_>>(), ["other_part_at_risk"]);
}

/// Attack, or haste: a search of an empty folder after one that found something.
#[test]
fn only_a_search_of_the_same_places_ends_what_another_found() {
    let mut book = Book(Vec::new());
    book.add(Kind::Open, "佐藤", &[(SubjectType::Bundle, BUNDLE)], json!({ "copy": "c-1" }));
    let find = |book: &mut Book, place: &str, found: u64| {
        let bundles = json!({ BUNDLE: { "content": found, "name": 0, "bundle_copy": 0 } });
        let facts = json!({ "places": [place], "bundles": bundles });
        book.add(Kind::Find, "佐藤", &[(SubjectType::Bundle, BUNDLE)], facts);
    };
    let waits = |book: &Book| book.waits().contains(&Waits::FoundCopies);
    find(&mut book, "one", 1);
    find(&mut book, "empty", 0);
    assert!(waits(&book));
    find(&mut book, "one", 0);
    assert!(!waits(&book));
}

/// A machine put in the place of another under the same name on the network.
#[test]
fn what_comes_onto_a_machine_is_not_charged_to_the_one_before_it() {
    let mut book = Book(Vec::new());
    for id in ["PC-1", "PC-2"] {
        let machine = json!({ "id": id, "kind": "PC", "host": "pc-1" });
        book.add(Kind::EquipmentAdd, "佐藤", &[(SubjectType::Equipment, id)], machine);
        if id == "PC-1" {
            let retired = json!({ "date": "2026-11-20", "reason": "更新" });
            book.add(Kind::EquipmentRetire, "佐藤", &[(SubjectType::Equipment, id)], retired);
        }
    }
    book.add(Kind::Open, "佐藤", &[(SubjectType::Bundle, BUNDLE)], json!({ "copy": "c-1" }));
    let touched: Vec<_> = book.life().machines.iter().map(|machine| machine.touched).collect();
    assert_eq!(touched, [None, Some(4)]);
}
