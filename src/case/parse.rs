//! From the text of `tewatashi.toml` to the settings.

use toml::de::DeTable;

use super::mistake::{Fault, Mistake};
use super::reader::{Reader, Section};
use super::settings::{
    Contract, EmergencyContact, Forms, MOST_GAP_DAYS, MOST_INSPECTION_MONTHS, MOST_SUBJECTS, MOST_YEARS, Office,
    Parties, Party, People, Retention, Rules, Settings, Warning,
};

const TOP: &[&str] =
    &["side", "contract", "parties", "rules", "forms", "retention", "warning", "people", "office", "emergency"];
const CONTRACT: &[&str] = &["number", "title", "date", "from", "to", "items", "data_class"];
const PARTIES: &[&str] = &["city", "contractor", "subcontractors"];
const PARTY: &[&str] = &["name", "address", "representative", "department"];
const RULES: &[&str] = &[
    "two_person_check",
    "training",
    "untrained_operator",
    "unlisted_operator",
    "approval",
    "separate_days",
    "slip_gap_days",
    "registered_media",
    "other_items",
    "inspection_months",
];
const FORMS: &[&str] = &["seals", "western_dates", "copies", "return_word", "document_prefix", "extra"];
const RETENTION: &[&str] = &["years", "from_next_fiscal_year"];
const WARNING: &[&str] = &["subjects"];
const PEOPLE: &[&str] = &["roles", "os_users"];
const OFFICE: &[&str] = &["hours", "closed"];
const EMERGENCY: &[&str] = &["name", "telephone", "after_hours"];

impl Settings {
    /// The settings a text says.
    ///
    /// # Errors
    /// The first mistake in it.
    pub fn parse(text: &str) -> Result<Self, Mistake> {
        Self::read(text).map_err(|mut mistakes| mistakes.swap_remove(0))
    }

    /// The settings the bytes of a file say. No attack, but daily bread: an editor that saves `Shift_JIS` or UTF-16.
    ///
    /// # Errors
    /// All mistakes, in the order they stand in the text; at least one.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Vec<Mistake>> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::read(text),
            Err(e) => {
                let before = String::from_utf8_lossy(&bytes[..e.valid_up_to()]);
                let (line, column) = super::mistake::place(&before, before.len());
                let fault = Fault::NotUtf8;
                Err(vec![Mistake { line, column, key: String::new(), found: String::new(), fault }])
            }
        }
    }

    /// The settings a text says.
    ///
    /// # Errors
    /// All mistakes, in the order they stand in the text; at least one.
    pub fn read(text: &str) -> Result<Self, Vec<Mistake>> {
        let reader = Reader::new(text);
        let settings = match DeTable::parse(text) {
            Ok(table) => settings(&reader.top(table.get_ref(), TOP)),
            Err(error) => {
                reader.syntax(&error);
                Self::default()
            }
        };
        let mistakes = reader.mistakes();
        if mistakes.is_empty() { Ok(settings) } else { Err(mistakes) }
    }
}

fn settings(top: &Section) -> Settings {
    let plain = Settings::default();
    let side = top.word("side", plain.side);
    Settings {
        side,
        contract: contract(&top.section("contract", CONTRACT)),
        parties: parties(&top.section("parties", PARTIES)),
        rules: rules(&top.section("rules", RULES)),
        forms: forms(&top.section("forms", FORMS)),
        retention: retention(&top.section("retention", RETENTION), &Retention::of(side)),
        warning: Warning { subjects: top.section("warning", WARNING).whole("subjects", 1..=MOST_SUBJECTS, 101) },
        people: people(&top.section("people", PEOPLE)),
        office: office(&top.section("office", OFFICE)),
        emergency: top.sections("emergency", EMERGENCY).iter().map(contact).collect(),
    }
}

fn contract(section: &Section) -> Contract {
    let plain = Contract::default();
    let (from, to) = (section.date("from"), section.date("to"));
    if let (Some(from), Some(to)) = (from, to)
        && to < from
    {
        section.fault("to", Fault::EndsBefore { from: from.to_string() });
    }
    Contract {
        number: section.text("number"),
        title: section.text("title"),
        date: section.date("date"),
        from,
        to,
        items: section.texts("items"),
        data_class: section.words("data_class").unwrap_or(plain.data_class),
    }
}

fn parties(section: &Section) -> Parties {
    let subcontractors = section.sections("subcontractors", PARTY);
    Parties {
        city: party(&section.section("city", PARTY)),
        contractor: party(&section.section("contractor", PARTY)),
        // A subcontractor without a name cannot be told from another one, nor from none.
        subcontractors: subcontractors
            .iter()
            .map(|one| Party { name: one.text_needed("name"), ..party(one) })
            .collect(),
    }
}

fn party(section: &Section) -> Party {
    Party {
        name: section.text("name"),
        address: section.text("address"),
        representative: section.text("representative"),
        department: section.text("department"),
    }
}

fn rules(section: &Section) -> Rules {
    let plain = Rules::default();
    Rules {
        two_person_check: section.yes("two_person_check", plain.two_person_check),
        training: section.word("training", plain.training),
        untrained_operator: section.word("untrained_operator", plain.untrained_operator),
        unlisted_operator: section.word("unlisted_operator", plain.unlisted_operator),
        approval: section.words("approval").unwrap_or(plain.approval),
        separate_days: section.yes("separate_days", plain.separate_days),
        slip_gap_days: u32::try_from(section.whole("slip_gap_days", 1..=MOST_GAP_DAYS, plain.slip_gap_days.into()))
            .unwrap_or(plain.slip_gap_days),
        registered_media: section.yes("registered_media", plain.registered_media),
        other_items: section.word("other_items", plain.other_items),
        inspection_months: u32::try_from(section.whole(
            "inspection_months",
            0..=MOST_INSPECTION_MONTHS,
            plain.inspection_months.into(),
        ))
        .unwrap_or(plain.inspection_months),
    }
}

fn forms(section: &Section) -> Forms {
    let plain = Forms::default();
    Forms {
        seals: section.yes("seals", plain.seals),
        western_dates: section.yes("western_dates", plain.western_dates),
        copies: section.word("copies", plain.copies),
        return_word: section.word("return_word", plain.return_word),
        document_prefix: section.letters("document_prefix", &plain.document_prefix),
        extra: section.free_texts("extra"),
    }
}

fn retention(section: &Section, plain: &Retention) -> Retention {
    let years = section.whole("years", 0..=MOST_YEARS, u64::from(plain.years));
    Retention {
        years: u32::try_from(years).unwrap_or(plain.years),
        from_next_fiscal_year: section.yes("from_next_fiscal_year", plain.from_next_fiscal_year),
    }
}

fn office(section: &Section) -> Office {
    let plain = Office::default();
    Office { hours: section.hours("hours", plain.hours), closed: section.dates("closed") }
}

fn contact(section: &Section) -> EmergencyContact {
    EmergencyContact {
        name: section.text_needed("name"),
        telephone: section.text("telephone"),
        after_hours: section.text("after_hours"),
    }
}

fn people(section: &Section) -> People {
    People { roles: section.texts("roles"), os_users: section.names("os_users") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::mistake::Shape;
    use crate::case::settings::Hours;
    use crate::case::words::{Approval, Copies, DataClass, Side, Strictness, Training};

    const FULL: &str = r#"
side = "受託者"
[contract]
number = "第8-123号"
title = "　住民税通知書作成業務 "
date = "2026-03-25"
from = "2026-04-01"
to = 2027-03-31
items = ["氏名", "住所"]
data_class = ["要配慮", "不明"]
[parties.city]
name = "見本市"
representative = "市長　髙橋　一郎"
[parties.contractor]
name = "株式会社見本"
[[parties.subcontractors]]
name = "見本印刷"
[[parties.subcontractors]]
name = "見本運送"
[rules]
two_person_check = true
training = "fiscal_year"
untrained_operator = "refuse"
unlisted_operator = "refuse"
approval = ["handover", "erasure"]
separate_days = false
slip_gap_days = 2
registered_media = true
other_items = "warn"
inspection_months = 6
[forms]
seals = true
western_dates = true
copies = "正副"
return_word = "返却"
document_prefix = "JU"
extra = { "文書記号" = "架戸住第" }
[retention]
years = 10
from_next_fiscal_year = true
[warning]
subjects = 0x65
[people]
roles = ["情報管理責任者"]
[people.os_users]
"DESK\\suzuki" = "鈴木　花子"
sato = "P-002"
[office]
hours = "9:00-18:00"
closed = ["2026-10-01"]
[[emergency]]
name = "情報政策課"
telephone = "03-0000-0000"
after_hours = "090-0000-0000"
"#;

    #[test]
    fn everything_that_can_be_said_is_read() {
        let found = Settings::parse(FULL).unwrap();
        assert_eq!(found.side, Side::Contractor);
        assert_eq!(found.contract.title, "住民税通知書作成業務");
        assert_eq!(found.contract.to, chrono::NaiveDate::from_ymd_opt(2027, 3, 31));
        assert_eq!(found.contract.data_class, [DataClass::SpecialCare, DataClass::Unknown]);
        assert_eq!(found.parties.city.representative, "市長　髙橋　一郎");
        let names: Vec<_> = found.parties.subcontractors.iter().map(|p| p.name.as_str()).collect();
        assert_eq!(names, ["見本印刷", "見本運送"]);
        let rules = Rules {
            two_person_check: true,
            training: Training::FiscalYear,
            untrained_operator: Strictness::Refuse,
            unlisted_operator: Strictness::Refuse,
            approval: vec![Approval::Handover, Approval::Erasure],
            separate_days: false,
            slip_gap_days: 2,
            registered_media: true,
            other_items: Strictness::Warn,
            inspection_months: 6,
        };
        assert_eq!(found.rules, rules);
        assert_eq!(found.forms.copies, Copies::OriginalDuplicate);
        assert_eq!(found.forms.document_prefix, "JU");
        assert_eq!(found.forms.extra.get("文書記号").map(String::as_str), Some("架戸住第"));
        assert_eq!(found.retention, Retention { years: 10, from_next_fiscal_year: true });
        assert_eq!(found.office.hours, Hours { from: 540, to: 1080 });
        assert_eq!(found.office.closed, [chrono::NaiveDate::from_ymd_opt(2026, 10, 1).unwrap()]);
        assert_eq!(found.emergency[0].after_hours, "090-0000-0000");
        assert_eq!(found.warning.subjects, 101);
        assert_eq!(found.people.os_users.get(r"DESK\suzuki").map(String::as_str), Some("鈴木　花子"));
    }

    #[test]
    fn nothing_said_is_the_default() {
        assert_eq!(Settings::parse("").unwrap(), Settings::default());
        assert_eq!(Settings::parse("side = \"再委託先\"").unwrap(), Settings::of(Side::Subcontractor));
        assert_eq!(Settings::parse("\u{feff}side = \"受託者\"\r\n").unwrap(), Settings::of(Side::Contractor));
    }

    /// The mistake of one line put below a harmless one: line 2.
    fn mistake(text: &str) -> (usize, String, Fault) {
        let found = Settings::parse(&format!("# 設定\n{text}")).unwrap_err();
        assert_eq!(found.line, 2, "{text}: {found}");
        (found.column, found.key, found.fault)
    }

    #[test]
    fn each_mistake_is_told_with_its_place_and_what_would_be_right() {
        let shape = Fault::Shape;
        let twice = |first: &str| Fault::Twice { first: first.to_owned() };
        let strictness = || Fault::NotAccepted(vec!["warn", "refuse"]);
        let bounds = |least, most| Fault::OutOfRange { least, most };
        for (text, column, key, fault) in [
            ("side = \"県\"", 8, "side", Fault::NotAccepted(vec!["区", "受託者", "再委託先"])),
            ("side = 1", 8, "side", shape(Shape::Text)),
            ("rules = \"none\"", 9, "rules", shape(Shape::Section)),
            ("rules.unlisted_operator = \"no\"", 27, "rules.unlisted_operator", strictness()),
            ("rules.two_person_check = \"true\"", 26, "rules.two_person_check", shape(Shape::YesNo)),
            ("contract.items = \"氏名,住所\"", 18, "contract.items", shape(Shape::Texts)),
            ("contract.items = [\"氏名\", 1]", 25, "contract.items", shape(Shape::Texts)),
            ("contract.items = [\"氏名\", \"氏名　\"]", 25, "contract.items", twice("contract.items")),
            ("contract.items = [\"　\"]", 19, "contract.items", Fault::Empty),
            ("contract.from = \"2026-02-29\"", 17, "contract.from", shape(Shape::Date)),
            ("contract.from = 2026-04-01T00:00:00", 17, "contract.from", shape(Shape::Date)),
            ("contract.from = 20260401", 17, "contract.from", shape(Shape::Date)),
            ("forms.document_prefix = \"Ｄ\"", 25, "forms.document_prefix", shape(Shape::Letters)),
            ("forms.document_prefix = \"ABCD\"", 25, "forms.document_prefix", shape(Shape::Letters)),
            ("forms.extra = { \"文書 記号\" = 1 }", 27, "forms.extra.\"文書 記号\"", shape(Shape::Text)),
            ("contract.title = \"a\\u001bb\"", 18, "contract.title", Fault::Unseen('\u{1b}')),
            ("parties.city.name = \"見本\\u202e市\"", 21, "parties.city.name", Fault::Unseen('\u{202e}')),
            ("parties.subcontractors = [{name = \"\"}]", 35, "parties.subcontractors[1].name", Fault::Empty),
            ("parties.subcontractors = [{address = \"x\"}]", 27, "parties.subcontractors[1].name", Fault::Empty),
            ("parties.subcontractors = {name = \"x\"}", 26, "parties.subcontractors", shape(Shape::Sections)),
            ("retention.years = 11", 19, "retention.years", bounds(0, 10)),
            ("retention.years = -1", 19, "retention.years", bounds(0, 10)),
            ("retention.years = 1.5", 19, "retention.years", shape(Shape::Whole)),
            ("warning.subjects = 0", 20, "warning.subjects", bounds(1, 1_000_000_000)),
            ("warning.subjects = 99999999999999999999999", 20, "warning.subjects", bounds(1, 1_000_000_000)),
            ("office.hours = \"8時半から\"", 16, "office.hours", shape(Shape::Hours)),
            ("office.hours = \"18:00-9:00\"", 16, "office.hours", shape(Shape::Hours)),
            ("office.closed = [\"明日\"]", 18, "office.closed", shape(Shape::Date)),
            ("people.roles = [\"\"]", 17, "people.roles", Fault::Empty),
            ("people.os_users.sato = \"\"", 24, "people.os_users.sato", Fault::Empty),
            ("people.os_users.\"\" = \"佐藤\"", 17, "people.os_users.\"\"", Fault::Empty),
        ] {
            assert_eq!(mistake(text), (column, key.to_owned(), fault), "{text}");
        }
    }

    #[test]
    fn a_contract_does_not_end_before_it_begins() {
        let (column, key, fault) = mistake("contract = { from = \"2026-04-01\", to = \"2026-03-31\" }");
        assert_eq!((column, key.as_str(), fault), (40, "contract.to", Fault::EndsBefore { from: "2026-04-01".into() }));
        assert!(Settings::parse("[contract]\nfrom = \"2026-04-01\"\nto = \"2026-04-01\"").is_ok());
    }

    /// Attack: one person behind two users of the system passes a check by two persons.
    #[test]
    fn nobody_stands_behind_two_users() {
        let text = "[people.os_users]\nzenko = \"佐藤　健\"\nadmin = \" 佐藤　健\"\n";
        let found = Settings::parse(text).unwrap_err();
        assert_eq!((found.line, found.column, found.key.as_str()), (3, 9, "people.os_users.admin"));
        assert_eq!(found.fault, Fault::Twice { first: "people.os_users.zenko".into() });
    }

    #[test]
    fn an_unknown_key_shows_the_known_ones() {
        let found = Settings::parse("[rules]\nseparate_day = true\n").unwrap_err();
        assert_eq!((found.line, found.column, found.key.as_str()), (2, 1, "rules.separate_day"));
        assert_eq!(found.accepted(), RULES);
        let Fault::UnknownKey { nearest, .. } = found.fault else { panic!("{found}") };
        assert_eq!(nearest, Some("separate_days"));
    }

    #[test]
    fn no_toml_is_told_with_the_sign_that_is_wrong() {
        for (text, sign) in [
            ("side ＝ \"区\"", Some('＝')),
            ("side = “区”", Some('“')),
            ("　side = \"区\"", Some('\u{3000}')),
            ("side = \"区", None),
            ("side = \"区\"\nside = \"受託者\"", None),
            ("from = 2026-4-1", None),
        ] {
            let found = Settings::parse(text).unwrap_err();
            let Fault::Syntax { detail, full_width } = found.fault else { panic!("{found}") };
            assert!(!detail.is_empty());
            assert_eq!(full_width, sign, "{text}");
        }
    }

    #[test]
    fn all_mistakes_are_told_at_once_in_their_order() {
        let found = Settings::read("[rules]\ntraining = \"x\"\n[forms]\nseals = 1\nzzz = 1\n").unwrap_err();
        let keys: Vec<_> = found.iter().map(|m| m.key.as_str()).collect();
        assert_eq!(keys, ["rules.training", "forms.seals", "forms.zzz"]);
    }

    #[test]
    fn other_encodings_are_named() {
        let found = Settings::from_bytes(b"# ok\nside = \"\x8b\xe6\"").unwrap_err();
        assert_eq!((found[0].line, found[0].column, &found[0].fault), (2, 9, &Fault::NotUtf8));
        assert!(Settings::from_bytes("side = \"区\"".as_bytes()).is_ok());
    }
}
