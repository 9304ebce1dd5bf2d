//! The contract as it stands on a day: what the settings say, and every change that was agreed since. The past stays as it
//! was: a change counts from its own day on.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::facts;
use super::settings::Settings;
use crate::calendar::{self, FiscalYear};
use crate::ledger::{Entry, Kind, Outcome};
use crate::typed::plain;

/// A change of the contract (契約変更): the facts of `contract_amend`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amendment {
    /// The entry that tells of it; 0 while there is none.
    #[serde(skip)]
    pub entry: u64,
    /// Number of the change's own paper; may be empty.
    #[serde(default)]
    pub number: String,
    /// What it is called: 第1回契約変更（期間の延長）.
    pub title: String,
    /// From this day on it counts.
    #[serde(with = "facts::day")]
    pub date: NaiveDate,
    /// The new last day, when it changes.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "facts::maybe_day")]
    pub to: Option<NaiveDate>,
    /// Items permitted from now on.
    #[serde(default)]
    pub items_added: Vec<String>,
    /// Items no longer permitted.
    #[serde(default)]
    pub items_removed: Vec<String>,
}

/// The facts of `contract_amend`.
#[must_use]
pub fn amend_facts(amendment: &Amendment) -> Map<String, Value> {
    facts::write(amendment)
}

/// Why a change cannot be recorded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AmendError {
    /// It has no title, or an item is empty.
    #[error("a text is missing")]
    Empty,
    /// A text holds a character that cannot be seen on paper.
    #[error("{text:?} holds {character:?}")]
    Unseen {
        /// The text.
        text: String,
        /// The character.
        character: char,
    },
    /// Neither the end nor an item changes.
    #[error("nothing changes")]
    NothingChanges,
    /// The contract would end before it begins.
    #[error("ends on {to}, before {from}")]
    EndsBefore {
        /// The first day.
        from: NaiveDate,
        /// The new last day.
        to: NaiveDate,
    },
    /// The contract lists no items, so all are permitted, and adding one would forbid the rest unsaid.
    #[error("the contract lists no items")]
    NoList,
    /// Items that are permitted already.
    #[error("permitted already: {0:?}")]
    Listed(Vec<String>),
    /// Items that are not in the list.
    #[error("not in the list: {0:?}")]
    NotListed(Vec<String>),
    /// No item would be left.
    #[error("no item would be left")]
    NothingLeft,
}

/// A fiscal year and the part of it the contract covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct YearSpan {
    /// The fiscal year; shows itself as 令和8年度.
    pub year: FiscalYear,
    /// The contract's first day in it.
    pub from: NaiveDate,
    /// The contract's last day in it.
    pub to: NaiveDate,
}

/// The contract as it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effective {
    /// The first day; none while it is not known.
    pub from: Option<NaiveDate>,
    /// The last day.
    pub to: Option<NaiveDate>,
    /// The permitted items.
    pub items: Vec<String>,
    /// Whether the contract lists items. A list from which everything was taken permits nothing; no list permits all.
    pub limited: bool,
    /// The changes taken up, in the order they count.
    pub amendments: Vec<Amendment>,
    /// Entries that could not be read as a change.
    pub unread: Vec<u64>,
}

impl Effective {
    /// The contract with everything agreed so far, changes of a later day included. Retention counts from its end.
    pub fn agreed<'e>(settings: &Settings, entries: impl IntoIterator<Item = &'e Entry>) -> Self {
        Self::on(settings, entries, NaiveDate::MAX)
    }

    /// The contract as it stands on a day. Entries that were corrected away are to be left out by the caller.
    pub fn on<'e>(settings: &Settings, entries: impl IntoIterator<Item = &'e Entry>, day: NaiveDate) -> Self {
        let contract = &settings.contract;
        let mut effective = Self {
            from: contract.from,
            to: contract.to,
            items: contract.items.clone(),
            limited: !contract.items.is_empty(),
            ..Self::default()
        };
        let mut amendments = Vec::new();
        for entry in entries.into_iter().filter(|e| e.is(Kind::ContractAmend) && e.result == Outcome::Done) {
            match facts::read::<Amendment>(entry) {
                Some(amendment) => amendments.push(Amendment { entry: entry.number, ..amendment }),
                None => effective.unread.push(entry.number),
            }
        }
        amendments.sort_by_key(|a| (a.date, a.entry));
        amendments.into_iter().filter(|a| a.date <= day).for_each(|a| effective.take_up(a));
        effective
    }

    fn take_up(&mut self, amendment: Amendment) {
        self.to = amendment.to.or(self.to);
        self.items.retain(|item| !amendment.items_removed.contains(item));
        for item in &amendment.items_added {
            if !self.items.contains(item) {
                self.items.push(item.clone());
            }
        }
        self.amendments.push(amendment);
    }

    /// Those of the named items that the contract does not permit.
    #[must_use]
    pub fn not_permitted(&self, items: &[String]) -> Vec<String> {
        let other = |item: &&String| self.limited && !self.items.iter().any(|known| known == item.trim());
        items.iter().filter(other).cloned().collect()
    }

    /// The fiscal years the contract covers; none while its days are not known.
    #[must_use]
    pub fn fiscal_years(&self) -> Vec<YearSpan> {
        let (Some(from), Some(to)) = (self.from, self.to) else { return Vec::new() };
        let years = std::iter::successors(Some(FiscalYear::of(from)), |year| Some(year.next()));
        let within = years.take_while(|year| year.first_day() <= to && from <= to);
        within.map(|year| YearSpan { year, from: year.first_day().max(from), to: year.last_day().min(to) }).collect()
    }

    /// A change made ready to be recorded.
    ///
    /// # Errors
    /// When it changes nothing, or the contract as it stands does not allow it.
    pub fn admit(&self, amendment: Amendment) -> Result<Amendment, AmendError> {
        let Amendment { entry, number, title, date, to, items_added, items_removed } = amendment;
        let (number, title) = (seen(&number)?, needed(&title)?);
        let (items_added, items_removed) = (all(&items_added)?, all(&items_removed)?);
        let to = to.filter(|to| Some(*to) != self.to);
        if to.is_none() && items_added.is_empty() && items_removed.is_empty() {
            return Err(AmendError::NothingChanges);
        }
        if let (Some(from), Some(to)) = (self.from, to)
            && to < from
        {
            return Err(AmendError::EndsBefore { from, to });
        }
        self.check_items(&items_added, &items_removed)?;
        Ok(Amendment { entry, number, title, date, to, items_added, items_removed })
    }

    fn check_items(&self, added: &[String], removed: &[String]) -> Result<(), AmendError> {
        let touched = !added.is_empty() || !removed.is_empty();
        if touched && !self.limited {
            return Err(AmendError::NoList);
        }
        let (listed, unlisted) =
            (|item: &&String| self.items.contains(item), |item: &&String| !self.items.contains(item));
        let already: Vec<String> = added.iter().filter(listed).cloned().collect();
        if !already.is_empty() {
            return Err(AmendError::Listed(already));
        }
        let missing: Vec<String> = removed.iter().filter(unlisted).cloned().collect();
        if !missing.is_empty() {
            return Err(AmendError::NotListed(missing));
        }
        if added.is_empty() && !removed.is_empty() && self.items.iter().all(|item| removed.contains(item)) {
            return Err(AmendError::NothingLeft);
        }
        Ok(())
    }
}

/// The last day on which the records have to be kept: the contract's end and so many years, or so many fiscal years after
/// the one it ends in. None while the end is not known: then nothing may go.
#[must_use]
pub fn retention_end(settings: &Settings, effective: &Effective) -> Option<NaiveDate> {
    let end = effective.to?;
    let since = if settings.retention.from_next_fiscal_year { FiscalYear::of(end).last_day() } else { end };
    Some(calendar::period_end(since, settings.retention.years.saturating_mul(12)))
}

fn seen(text: &str) -> Result<String, AmendError> {
    plain(text).map_err(|character| AmendError::Unseen { text: text.trim().to_owned(), character })
}

fn needed(text: &str) -> Result<String, AmendError> {
    Some(seen(text)?).filter(|text| !text.is_empty()).ok_or(AmendError::Empty)
}

fn all(texts: &[String]) -> Result<Vec<String>, AmendError> {
    let mut found: Vec<String> = Vec::new();
    for text in texts {
        let text = needed(text)?;
        if !found.contains(&text) {
            found.push(text);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
