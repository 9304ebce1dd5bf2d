//! Decisions (決裁・承認) that come before work: which is in force, and for what.

use chrono::NaiveDate;

use super::facts::Approved;
use crate::case::Approval;

/// A decision as the ledger has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// What it says.
    pub said: Approved,
    /// The entry.
    pub entry: u64,
    /// The entry that revoked it.
    pub revoked: Option<u64>,
}

/// A decision that may be acted on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InForce {
    /// 文書番号
    pub number: String,
    /// 承認日
    pub date: NaiveDate,
    /// 承認者
    pub by: String,
}

/// Why there is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoApproval {
    /// None was recorded for this purpose.
    #[error("no decision is recorded")]
    None,
    /// None of this number and purpose.
    #[error("no decision of this number: {0}")]
    Unknown(String),
    /// It was revoked.
    #[error("{number} was revoked")]
    Revoked {
        /// Its number.
        number: String,
        /// The entry.
        entry: u64,
    },
    /// Its term is over.
    #[error("{number} ended on {until}")]
    Over {
        /// Its number.
        number: String,
        /// The last day.
        until: NaiveDate,
    },
    /// It is for other things.
    #[error("{number} is not for {thing}")]
    NotForThis {
        /// Its number.
        number: String,
        /// What it was asked for.
        thing: String,
        /// What it is for.
        things: Vec<String>,
    },
    /// It was made after the work.
    #[error("{number} is of {date}, after the work")]
    Later {
        /// Its number.
        number: String,
        /// Its day.
        date: NaiveDate,
    },
    /// Several are in force; the number would tell which.
    #[error("several decisions are in force")]
    Several(Vec<String>),
}

impl Decision {
    /// Whether it may be acted on, for these things.
    ///
    /// # Errors
    /// Why not.
    pub fn holds(&self, things: &[String], today: NaiveDate) -> Result<(), NoApproval> {
        let number = || self.said.number.clone();
        if let Some(entry) = self.revoked {
            return Err(NoApproval::Revoked { number: number(), entry });
        }
        if let Some(until) = self.said.until.filter(|until| *until < today) {
            return Err(NoApproval::Over { number: number(), until });
        }
        // 再委託の承諾 is of a firm: one that names none is of none.
        if self.said.purpose == Approval::Subcontract && self.said.things.is_empty() {
            let thing = things.first().cloned().unwrap_or_default();
            return Err(NoApproval::NotForThis { number: number(), thing, things: Vec::new() });
        }
        let outside = things.iter().find(|thing| !self.said.things.contains(thing));
        match outside.filter(|_| !self.said.things.is_empty()) {
            Some(thing) => {
                Err(NoApproval::NotForThis { number: number(), thing: thing.clone(), things: self.said.things.clone() })
            }
            None => Ok(()),
        }
    }

    /// As it is acted on.
    #[must_use]
    pub fn in_force(&self) -> InForce {
        InForce { number: self.said.number.clone(), date: self.said.date, by: self.said.by.clone() }
    }
}

/// The decision in force for a purpose and these things, by its number where one is said.
///
/// Attack: any number at all on a form that asks for one. Only what was recorded with day and name counts, for what it names.
///
/// # Errors
/// Why there is none.
pub fn find(
    all: &[Decision],
    purpose: Approval,
    said: Option<&str>,
    things: &[String],
    today: NaiveDate,
) -> Result<InForce, NoApproval> {
    let of_purpose = || all.iter().filter(|decision| decision.said.purpose == purpose);
    if let Some(said) = said {
        // The last of a number counts: one that was revoked may have been given again.
        let named = of_purpose().filter(|decision| decision.said.number == said);
        let mut found = Err(NoApproval::Unknown(said.to_owned()));
        for decision in named {
            match decision.holds(things, today) {
                Ok(()) => return Ok(decision.in_force()),
                Err(why) => found = Err(why),
            }
        }
        return found;
    }
    let holding: Vec<&Decision> = of_purpose().filter(|decision| decision.holds(things, today).is_ok()).collect();
    match holding.as_slice() {
        [one] => Ok(one.in_force()),
        // Nothing to guess: the only one there is tells best why it does not hold.
        [] => match of_purpose().next_back() {
            None => Err(NoApproval::None),
            Some(last) => last.holds(things, today).map(|()| last.in_force()),
        },
        // One that names these things goes before one for everything.
        several => {
            let naming: Vec<_> = several.iter().filter(|decision| !decision.said.things.is_empty()).collect();
            match naming.as_slice() {
                [one] => Ok(one.in_force()),
                _ => Err(NoApproval::Several(several.iter().map(|decision| decision.said.number.clone()).collect())),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::iso;

    fn decision(number: &str, things: &[&str], until: Option<&str>) -> Decision {
        let said = Approved {
            purpose: Approval::Takeout,
            number: number.into(),
            date: iso("2026-11-01").unwrap(),
            by: "課長　見本　一郎".into(),
            things: things.iter().map(|&thing| thing.to_owned()).collect(),
            scope: None,
            until: until.and_then(iso),
            request: None,
        };
        Decision { said, entry: 3, revoked: None }
    }

    fn ask(all: &[Decision], said: Option<&str>, things: &[&str]) -> Result<String, NoApproval> {
        let things: Vec<String> = things.iter().map(|&thing| thing.to_owned()).collect();
        find(all, Approval::Takeout, said, &things, iso("2026-11-21").unwrap()).map(|found| found.number)
    }

    #[test]
    fn only_what_is_in_force_for_the_thing_counts() {
        let all = [decision("第1号", &["M-1"], None), decision("第2号", &[], Some("2026-11-20"))];
        assert_eq!(ask(&all, None, &["M-1"]), Ok("第1号".into()));
        assert_eq!(ask(&all, Some("第1号"), &["M-1"]), Ok("第1号".into()));
        assert!(
            matches!(ask(&all, Some("第1号"), &["M-1", "M-2"]), Err(NoApproval::NotForThis { thing, .. }) if thing == "M-2")
        );
        assert!(matches!(ask(&all, Some("第2号"), &["M-2"]), Err(NoApproval::Over { .. })));
        assert_eq!(ask(&all, Some("第9号"), &[]), Err(NoApproval::Unknown("第9号".into())));
        assert_eq!(ask(&[], None, &["M-1"]), Err(NoApproval::None));
        let other = find(&all, Approval::Erasure, None, &[], iso("2026-11-21").unwrap());
        assert_eq!(other, Err(NoApproval::None), "a decision on one thing is none on another");
    }

    #[test]
    fn the_last_day_counts_and_a_revoked_one_does_not() {
        let mut all = [decision("第1号", &[], Some("2026-11-21"))];
        assert_eq!(ask(&all, None, &["M-1"]), Ok("第1号".into()));
        all[0].revoked = Some(9);
        assert_eq!(ask(&all, None, &["M-1"]), Err(NoApproval::Revoked { number: "第1号".into(), entry: 9 }));
    }

    #[test]
    fn which_of_several_is_not_guessed() {
        let all = [decision("第1号", &[], None), decision("第2号", &[], None)];
        assert_eq!(ask(&all, None, &["M-1"]), Err(NoApproval::Several(vec!["第1号".into(), "第2号".into()])));
        let all = [decision("第1号", &[], None), decision("第2号", &["M-1"], None)];
        assert_eq!(ask(&all, None, &["M-1"]), Ok("第2号".into()));
    }
}
