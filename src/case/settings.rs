//! What a case's `tewatashi.toml` says. Every key may be missing; what then holds stands in the `Default`s here.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::words::{Approval, Copies, DataClass, ReturnWord, Side, Strictness, Training, Word};

/// The longest retention a case can ask for, in years.
pub const MOST_YEARS: u64 = 10;

/// The most days that can be asked for between a medium and its slip.
pub const MOST_GAP_DAYS: u64 = 90;

/// The longest time between two 実地検査, in months.
pub const MOST_INSPECTION_MONTHS: u64 = 36;

/// The largest warning threshold, in persons.
pub const MOST_SUBJECTS: u64 = 1_000_000_000;

/// The settings of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Whose desk this is.
    pub side: Side,
    /// What was agreed.
    pub contract: Contract,
    /// With whom.
    pub parties: Parties,
    /// What is asked for before work is done.
    pub rules: Rules,
    /// How paper looks.
    pub forms: Forms,
    /// How long records are kept.
    pub retention: Retention,
    /// What is warned of.
    pub warning: Warning,
    /// Who is who.
    pub people: People,
    /// When the office works.
    pub office: Office,
    /// 緊急連絡網, in the order in which to call.
    pub emergency: Vec<EmergencyContact>,
}

/// What was agreed. Everything is empty while there is no contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contract {
    /// 契約番号.
    pub number: String,
    /// 件名.
    pub title: String,
    /// 契約日.
    pub date: Option<NaiveDate>,
    /// The first day.
    pub from: Option<NaiveDate>,
    /// The last day.
    pub to: Option<NaiveDate>,
    /// The permitted items (項目); an empty list permits all of them.
    pub items: Vec<String>,
    /// Which delicate classes of data there are.
    pub data_class: Vec<DataClass>,
}

/// Whether something is there: 有・無・不明.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// 有
    Yes,
    /// 無
    No,
    /// 不明
    Unknown,
}

impl Contract {
    /// Whether data of this class is handed over. Absence is claimed only when nothing was left unknown.
    #[must_use]
    pub fn presence(&self, class: DataClass) -> Presence {
        match (self.data_class.contains(&class), self.data_class.contains(&DataClass::Unknown)) {
            (true, _) => Presence::Yes,
            (false, true) => Presence::Unknown,
            (false, false) => Presence::No,
        }
    }
}

/// A party as it stands on paper.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Party {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub address: String,
    /// Who signs for it, with title.
    pub representative: String,
    /// The department that does the work.
    pub department: String,
}

/// The parties.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parties {
    /// The city, which entrusts.
    pub city: Party,
    /// The contractor.
    pub contractor: Party,
    /// The contractor's contractors.
    pub subcontractors: Vec<Party>,
}

/// What is asked for before work is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// Whether a second person has to check.
    pub two_person_check: bool,
    /// How fresh training has to be.
    pub training: Training,
    /// When a person without it begins.
    pub untrained_operator: Strictness,
    /// When a person who is not on the roster begins.
    pub unlisted_operator: Strictness,
    /// What needs a decision first.
    pub approval: Vec<Approval>,
    /// Whether medium and slip go on separate days.
    pub separate_days: bool,
    /// How many days lie between them at least.
    pub slip_gap_days: u32,
    /// Whether only registered media are used.
    pub registered_media: bool,
    /// When items are named that the contract does not permit.
    pub other_items: Strictness,
    /// Within how many months there is a 実地検査; none is asked for with 0.
    pub inspection_months: u32,
}

/// How paper looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forms {
    /// Whether there are places for seals.
    pub seals: bool,
    /// Whether western years stand beside Japanese ones.
    pub western_dates: bool,
    /// What the two copies are called.
    pub copies: Copies,
    /// The word for giving back.
    pub return_word: ReturnWord,
    /// What numbers of documents begin with. Two computers that share a contract without a line between them each need
    /// their own, or both would issue the same number.
    pub document_prefix: String,
    /// What the case's own forms show beside the usual fields, by name.
    pub extra: BTreeMap<String, String>,
}

/// How long records are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retention {
    /// Years after the contract's end.
    pub years: u32,
    /// Whether they count from the 1 April that follows.
    pub from_next_fiscal_year: bool,
}

/// What is warned of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// From so many persons on.
    pub subjects: u64,
}

/// When the office works: what is done at other times is told of in an audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Office {
    /// From when to when on working days.
    pub hours: Hours,
    /// Days on which it is closed beside Saturdays, Sundays, public holidays and the end of the year.
    pub closed: Vec<NaiveDate>,
}

/// From when to when; the whole day when both are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    /// The minute of the day at which it opens.
    pub from: u32,
    /// The minute at which it closes.
    pub to: u32,
}

impl Hours {
    /// `08:30-17:15`
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (from, to) = text.split_once('-')?;
        let minute = |text: &str| {
            let (hour, minute) = text.trim().split_once(':')?;
            let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
            (hour < 24 && minute < 60 || (hour, minute) == (24, 0)).then_some(hour * 60 + minute)
        };
        let hours = Self { from: minute(from)?, to: minute(to)? };
        (hours.from <= hours.to).then_some(hours)
    }
}

impl std::fmt::Display for Hours {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { from, to } = self;
        write!(f, "{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, to / 60, to % 60)
    }
}

/// Whom to call first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EmergencyContact {
    /// Who: section and name.
    pub name: String,
    /// By day.
    pub telephone: String,
    /// 時間外
    pub after_hours: String,
}

/// Who is who.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct People {
    /// Roles beside the usual ones.
    pub roles: Vec<String>,
    /// Whose name stands for which user of the operating system: a name or a number of the roster.
    pub os_users: BTreeMap<String, String>,
}

impl Retention {
    /// What holds for a side that says nothing.
    #[must_use]
    pub fn of(side: Side) -> Self {
        let years = match side {
            Side::City => 5,
            Side::Contractor | Side::Subcontractor => 1,
        };
        Self { years, from_next_fiscal_year: false }
    }
}

impl Settings {
    /// What holds for a side that says nothing else.
    #[must_use]
    pub fn of(side: Side) -> Self {
        Self {
            side,
            contract: Contract::default(),
            parties: Parties::default(),
            rules: Rules::default(),
            forms: Forms::default(),
            retention: Retention::of(side),
            warning: Warning::default(),
            people: People::default(),
            office: Office::default(),
            emergency: Vec::new(),
        }
    }

    /// All that is in force, defaults included, under keys that stay the same: what the ledger records.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let Self { side, contract, parties, rules, forms, retention, warning, people, office, emergency } = self;
        json!({
            "side": side.text(),
            "contract": {
                "number": contract.number,
                "title": contract.title,
                "date": date(contract.date),
                "from": date(contract.from),
                "to": date(contract.to),
                "items": contract.items,
                "data_class": texts(&contract.data_class),
            },
            "parties": {
                "city": party(&parties.city),
                "contractor": party(&parties.contractor),
                "subcontractors": parties.subcontractors.iter().map(party).collect::<Vec<_>>(),
            },
            "rules": {
                "two_person_check": rules.two_person_check,
                "training": rules.training.text(),
                "untrained_operator": rules.untrained_operator.text(),
                "unlisted_operator": rules.unlisted_operator.text(),
                "approval": texts(&rules.approval),
                "separate_days": rules.separate_days,
                "slip_gap_days": rules.slip_gap_days,
                "registered_media": rules.registered_media,
                "other_items": rules.other_items.text(),
                "inspection_months": rules.inspection_months,
            },
            "forms": {
                "seals": forms.seals,
                "western_dates": forms.western_dates,
                "copies": forms.copies.text(),
                "return_word": forms.return_word.text(),
                "document_prefix": forms.document_prefix,
                "extra": forms.extra,
            },
            "retention": { "years": retention.years, "from_next_fiscal_year": retention.from_next_fiscal_year },
            "warning": { "subjects": warning.subjects },
            "people": { "roles": people.roles, "os_users": people.os_users },
            "office": {
                "hours": office.hours.to_string(),
                "closed": office.closed.iter().map(ToString::to_string).collect::<Vec<_>>(),
            },
            "emergency": emergency.iter().map(contact).collect::<Vec<_>>(),
        })
    }
}

/// Without any settings it is the city's desk: its records are kept longer, so nothing is thrown away too early.
impl Default for Settings {
    fn default() -> Self {
        Self::of(Side::City)
    }
}

/// Nobody has said which classes of data there are, so none is claimed to be absent.
impl Default for Contract {
    fn default() -> Self {
        Self {
            number: String::new(),
            title: String::new(),
            date: None,
            from: None,
            to: None,
            items: Vec::new(),
            data_class: vec![DataClass::Unknown],
        }
    }
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            two_person_check: false,
            training: Training::Once,
            untrained_operator: Strictness::Warn,
            unlisted_operator: Strictness::Warn,
            approval: Vec::new(),
            separate_days: true,
            slip_gap_days: 1,
            registered_media: false,
            other_items: Strictness::Refuse,
            inspection_months: 12,
        }
    }
}

impl Default for Forms {
    fn default() -> Self {
        Self {
            seals: false,
            western_dates: false,
            copies: Copies::KouOtsu,
            return_word: ReturnWord::Henkan,
            document_prefix: "D".to_owned(),
            extra: BTreeMap::new(),
        }
    }
}

/// 規則43条4号 speaks of more than a hundred persons.
impl Default for Warning {
    fn default() -> Self {
        Self { subjects: 101 }
    }
}

/// What most offices keep.
impl Default for Office {
    fn default() -> Self {
        Self { hours: Hours { from: 8 * 60 + 30, to: 17 * 60 + 15 }, closed: Vec::new() }
    }
}

fn contact(contact: &EmergencyContact) -> Value {
    let EmergencyContact { name, telephone, after_hours } = contact;
    json!({ "name": name, "telephone": telephone, "after_hours": after_hours })
}

fn date(date: Option<NaiveDate>) -> String {
    date.map(|d| d.to_string()).unwrap_or_default()
}

fn texts<W: Word>(words: &[W]) -> Vec<&'static str> {
    words.iter().map(|w| w.text()).collect()
}

fn party(party: &Party) -> Value {
    let Party { name, address, representative, department } = party;
    json!({ "name": name, "address": address, "representative": representative, "department": department })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_of_a_city_are_kept_longer() {
        assert_eq!(Settings::of(Side::City).retention.years, 5);
        assert_eq!(Settings::of(Side::Contractor).retention.years, 1);
        assert_eq!(Settings::of(Side::Subcontractor).retention.years, 1);
    }

    #[test]
    fn absence_is_claimed_only_when_said() {
        let mut contract = Contract::default();
        assert_eq!(contract.presence(DataClass::SpecialCare), Presence::Unknown);
        contract.data_class = vec![DataClass::SpecialCare];
        assert_eq!(contract.presence(DataClass::SpecialCare), Presence::Yes);
        assert_eq!(contract.presence(DataClass::IndividualNumber), Presence::No);
    }

    #[test]
    fn the_value_has_every_key() {
        let value = Settings::of(Side::Contractor).to_value();
        assert_eq!(value["side"], "受託者");
        assert_eq!(
            value["contract"],
            json!({"number": "", "title": "", "date": "", "from": "", "to": "", "items": [], "data_class": ["不明"]})
        );
        assert_eq!(value["rules"]["training"], "once");
        assert_eq!(value["retention"], json!({"years": 1, "from_next_fiscal_year": false}));
        assert_eq!(value["warning"]["subjects"], 101);
        assert_eq!(value["people"], json!({"roles": [], "os_users": {}}));
    }
}
