//! Every step in every state, as it is typed: what may come next is done, and what may not is refused in both languages with
//! the thing's name and what to do, leaves at most its own entry, and changes nothing.
//!
//! Needs Debian's `faketime`.

#![cfg(target_os = "linux")]

use serde_json::{Value, json};

#[path = "common/days.rs"]
mod days;
#[path = "common/desk.rs"]
mod desk;
#[path = "common/office.rs"]
mod office;
#[path = "common/pieces.rs"]
mod pieces;
#[path = "common/stage.rs"]
mod stage;
use days::{Days, Side};
use pieces::{CITY, CONTRACTOR, Pair, pair};
use stage::Kept;

const SECOND: &str = "--operator 見本花子";

/// The steps as they are typed of a thing `X`.
const STEPS: [(&str, &str); 14] = [
    ("handover", "handover X --to 佐藤健 --id-check 社員証 --no-documents --operator 見本太郎"),
    ("check", "handover X --check --checked all --operator 見本花子"),
    ("receipt", "handover X --receipt --by 佐藤健"),
    ("recall", "handover X --recall 誤交付"),
    ("receive", "receive B"),
    ("takeout", "takeout X --reason 照合 --destination 本店 --due 2026-06-30 --by 見本太郎 --no-documents"),
    ("return", "return X --place 金庫 --confirmed-by 見本花子 --no-documents"),
    ("give-back", "return X --to-city --missing 後日 --no-documents"),
    ("take-back", "receive X --returned --no-documents"),
    ("lost", "KIND lost X --circumstances 所在不明"),
    ("recovered", "KIND recovered X --circumstances 発見"),
    ("destroy", "destroy X --method 破砕 --no-documents"),
    ("vendor", "destroy X --vendor-certificate 証明書.pdf --no-documents"),
    ("reset", "medium reset X --method 上書き --outcome ok --confirmed-by 見本花子"),
];

/// A state: how a thing comes there, what may follow, and why all else may not.
struct State {
    name: &'static str,
    /// The steps to it from the one of this name.
    by: &'static [&'static str],
    allowed: &'static str,
    /// The kind of refusal, and of those that are refused for another reason.
    refused: &'static str,
    others: &'static [(&'static str, &'static str)],
}

/// A thing in the hand of somebody who tries everything.
struct Hand {
    days: Days,
    side: Side,
    pair: Pair,
    slip: bool,
}

impl Hand {
    /// The city's: its case asks for a second person, so that a hand-over without one is a state of its own.
    fn of_the_city(slip: bool) -> Self {
        let days = Days::from("2026-05-11 09:00");
        let side = Side::new(&days, CITY);
        side.office.edit("two_person_check = false", "two_person_check = true");
        side.office.desk.file("証明書.pdf", "certificate");
        days.json(&side.office, "medium add M-1 --kind USB");
        let pair = pair(&days, &side, "M-1", "");
        let hand = Self { days, side, pair, slip };
        if slip {
            let of_the_medium = |step: &str| typed(step).replace("KIND", "medium").replace('X', "M-1");
            for step in ["handover", "check", "receipt"] {
                hand.days.json(&hand.side.office, &of_the_medium(step));
            }
            hand.days.at("2026-05-12 09:00");
        }
        hand
    }

    fn thing(&self) -> &str {
        if self.slip { &self.pair.slip } else { &self.pair.medium }
    }

    /// A step about this thing.
    fn words(&self, step: &str) -> String {
        let kind = if self.slip { "slip" } else { "medium" };
        typed(step).replace("KIND", kind).replace('X', self.thing()).replace(" B", &format!(" {}", self.pair.bundle))
    }

    /// Everything that is held of things.
    fn held(&self) -> [Value; 2] {
        ["medium list", "status"].map(|words| self.days.json(&self.side.office, words))
    }

    fn done(&self, words: &str) {
        self.days.run(&self.side.office, words).ok();
    }

    /// Goes through the states; `start` is where it is now.
    fn tries(&self, states: &[State]) {
        let start = Kept::of(&self.side);
        for state in states {
            start.back(&self.side);
            for step in state.by {
                let known = STEPS.iter().any(|(name, _)| name == step);
                let words = if known {
                    self.words(step)
                } else {
                    step.replace('X', self.thing()).replace('B', &self.pair.bundle)
                };
                self.done(&words);
            }
            self.refuses(state);
            let here = Kept::of(&self.side);
            for step in state.allowed.split_whitespace() {
                let before = self.days.entries(&self.side.office).len();
                let run = self.days.run(&self.side.office, &self.words(step));
                assert_eq!(run.code, 0, "{}: {step}: {run:?}", state.name);
                let more = self.days.entries(&self.side.office).split_off(before);
                assert!(more.iter().any(|entry| entry["result"] == "done"), "{}: {step}: {more:?}", state.name);
                here.back(&self.side);
            }
        }
    }

    /// Everything that may not come now, in both languages.
    fn refuses(&self, state: &State) {
        let (before, entries) = (self.held(), self.days.entries(&self.side.office).len());
        let mut tries = 0;
        for (step, _) in STEPS.iter().filter(|(step, _)| !state.allowed.split_whitespace().any(|may| may == *step)) {
            let other = state.others.iter().find(|(name, _)| name == step);
            let kind = other.map_or(state.refused, |(_, kind)| *kind);
            for language in ["ja", "en"] {
                let run = self.days.run(&self.side.office, &format!("--json --lang {language} {}", self.words(step)));
                let code = if kind == "no_thing" { 1 } else { 4 };
                assert_eq!((run.code, run.kind().as_str()), (code, kind), "{}: {step}: {run:?}", state.name);
                let told = run.json()["error"].clone();
                let named = [self.thing(), &self.pair.bundle]
                    .iter()
                    .any(|name| told["message"].as_str().unwrap().contains(name));
                assert!(named, "{}: {step}: {told}", state.name);
                let kana = |c: char| ('\u{3041}'..='\u{3096}').contains(&c);
                assert_eq!(told["hint"].as_str().unwrap().contains(kana), language == "ja", "{told}");
                tries += 1;
            }
        }
        assert_eq!(self.held(), before, "{}", state.name);
        let more = self.days.entries(&self.side.office).split_off(entries);
        let refused = more.iter().filter(|entry| entry["result"] == "refused" || entry["result"] == "failed").count();
        assert_eq!((more.len(), refused), (tries, tries), "{}: one entry for each try: {more:?}", state.name);
    }
}

fn typed(step: &str) -> &'static str {
    STEPS.iter().find(|(name, _)| *name == step).unwrap_or_else(|| panic!("no step {step}")).1
}

/// What is the same for all that a city made: it does not come from the other side, nor go back there.
const OURS: (&str, &str) = ("receive", "own_bundle");

/// A slip cannot be made empty: no medium has its number.
const RESET: (&str, &str) = ("reset", "no_thing");

#[test]
fn a_medium_on_its_way_out_and_back() {
    Hand::of_the_city(false).tries(&[
        State {
            name: "here",
            by: &[],
            allowed: "handover check takeout lost destroy reset",
            refused: "is_here",
            others: &[OURS, ("give-back", "not_theirs")],
        },
        State {
            name: "handed, unchecked",
            by: &["handover"],
            allowed: "check recall take-back lost",
            refused: "is_handed_over",
            others: &[OURS, ("receipt", "not_checked")],
        },
        State {
            name: "handed",
            by: &["handover", "check"],
            allowed: "receipt recall take-back lost",
            refused: "is_handed_over",
            others: &[OURS, ("check", "is_checked")],
        },
        State {
            name: "handed, receipt",
            by: &["handover", "check", "receipt"],
            allowed: "recall take-back lost",
            refused: "is_handed_over",
            others: &[OURS, ("check", "is_checked"), ("receipt", "has_receipt")],
        },
        State {
            name: "recalled",
            by: &["handover", "check", "recall"],
            allowed: "receipt take-back lost recovered",
            refused: "is_handed_over",
            others: &[OURS, ("check", "is_checked"), ("recall", "is_recalled")],
        },
    ]);
}

#[test]
fn a_medium_that_is_out_lost_or_ended() {
    Hand::of_the_city(false).tries(&[
        State { name: "out", by: &["takeout"], allowed: "return lost", refused: "is_out", others: &[OURS] },
        State { name: "lost", by: &["lost"], allowed: "recovered", refused: "is_lost", others: &[OURS] },
        State {
            name: "with a firm",
            by: &["destroy X --method 溶融 --by-vendor 見本資源 --no-documents"],
            allowed: "lost vendor",
            refused: "is_at_vendor",
            others: &[OURS],
        },
        State { name: "destroyed", by: &["destroy"], allowed: "", refused: "is_destroyed", others: &[OURS] },
    ]);
}

#[test]
fn a_medium_that_is_void_or_damaged_goes_nowhere() {
    const VOID: &[(&str, &str)] = &[OURS, ("give-back", "not_theirs"), ("handover", "is_void")];
    const DAMAGED: &[(&str, &str)] = &[OURS, ("give-back", "not_theirs"), ("handover", "is_damaged")];
    Hand::of_the_city(false).tries(&[
        State {
            name: "void",
            by: &["void B --reason 通知書の紛失"],
            allowed: "check takeout lost destroy reset",
            refused: "is_here",
            others: VOID,
        },
        State {
            name: "damaged",
            by: &["medium damaged X --circumstances 割れ"],
            allowed: "check takeout lost destroy reset",
            refused: "is_here",
            others: DAMAGED,
        },
    ]);
}

#[test]
fn a_slip_on_its_way_out_and_back() {
    Hand::of_the_city(true).tries(&[
        State {
            name: "here",
            by: &[],
            allowed: "handover check takeout lost destroy",
            refused: "is_here",
            others: &[OURS, RESET, ("give-back", "not_theirs")],
        },
        State {
            name: "handed, unchecked",
            by: &["handover"],
            allowed: "check recall take-back lost",
            refused: "is_handed_over",
            others: &[OURS, RESET, ("receipt", "not_checked")],
        },
        State {
            name: "handed, receipt",
            by: &["handover", "check", "receipt"],
            allowed: "recall take-back lost",
            refused: "is_handed_over",
            others: &[OURS, RESET, ("check", "is_checked"), ("receipt", "has_receipt")],
        },
        State {
            name: "recalled",
            by: &["handover", "check", "recall"],
            allowed: "receipt take-back lost recovered",
            refused: "is_handed_over",
            others: &[OURS, RESET, ("check", "is_checked"), ("recall", "is_recalled")],
        },
    ]);
}

#[test]
fn a_slip_that_is_out_lost_void_or_ended() {
    const VOID: &[(&str, &str)] = &[OURS, RESET, ("give-back", "not_theirs"), ("handover", "is_void")];
    let others = &[OURS, RESET];
    Hand::of_the_city(true).tries(&[
        State { name: "out", by: &["takeout"], allowed: "return lost", refused: "is_out", others },
        State { name: "lost", by: &["lost"], allowed: "recovered", refused: "is_lost", others },
        State {
            name: "void",
            by: &["void B --reason 通知書の紛失"],
            allowed: "check takeout lost destroy",
            refused: "is_here",
            others: VOID,
        },
        State {
            name: "with a firm",
            by: &["destroy X --method 溶融 --by-vendor 見本資源 --no-documents"],
            allowed: "lost vendor",
            refused: "is_at_vendor",
            others,
        },
        State { name: "destroyed", by: &["destroy"], allowed: "", refused: "is_destroyed", others },
    ]);
}

/// A medium of the other side on the contractor's desk, from the day it comes to the day it comes again.
#[test]
fn a_medium_of_the_other_side() {
    let days = Days::from("2026-05-11 09:00");
    let city = Side::new(&days, CITY);
    let pair = pair(&days, &city, "M-1", "");
    let side = Side::new(&days, CONTRACTOR);
    side.office.desk.file("証明書.pdf", "certificate");
    days.json(&side.office, &format!("receive {} --medium-id M-1 --no-documents", pair.bundle));
    let hand = Hand { days, side, pair, slip: false };
    hand.tries(&[
        State {
            name: "here, theirs",
            by: &[],
            allowed: "handover check takeout give-back lost destroy reset",
            refused: "is_here",
            others: &[("receive", "came_already")],
        },
        State { name: "given back", by: &["give-back"], allowed: "receive", refused: "is_given_back", others: &[] },
        State { name: "out", by: &["takeout"], allowed: "return lost", refused: "is_out", others: &[] },
        State { name: "lost", by: &["lost"], allowed: "recovered", refused: "is_lost", others: &[] },
        State { name: "destroyed", by: &["destroy"], allowed: "", refused: "is_destroyed", others: &[] },
    ]);
}

/// What the ledger never heard of is not there, whatever is to be done with it.
#[test]
fn nothing_is_done_with_what_nobody_knows() {
    let days = Days::from("2026-05-11 09:00");
    let side = Side::new(&days, CITY);
    side.office.desk.file("証明書.pdf", "certificate");
    for (step, words) in STEPS.iter().filter(|(step, _)| *step != "receive") {
        for kind in ["medium", "slip"] {
            let words = words.replace("KIND", kind).replace('X', "M-99");
            pieces::refused(&days, &side, &words, 1, "no_thing", "M-99");
        }
        assert!(days.entries(&side.office).iter().all(|entry| entry["result"] != "begun"), "{step}");
    }
    pieces::refused(&days, &side, &format!("receive M-99 {SECOND}"), 1, "not_a_bundle_name", "M-99");
    pieces::refused(&days, &side, "void TW-20260101-AAAA --reason 誤り", 1, "no_bundle_here", "TW-20260101-AAAA");
    assert_eq!(days.json(&side.office, "status")["open"], json!([]));
}
