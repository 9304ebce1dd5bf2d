//! The columns of 受渡し, 返却 and 保管: what hand-overs, receipts, take-outs and returns do to a line.

use chrono::{DateTime, FixedOffset, NaiveDate};
use serde_json::Value;

use super::Slip;
use super::facts::{self, Facts};
use super::fold::{Register, cited, handler, remark};
use super::index::Standing;
use crate::calendar;
use crate::ledger::{Kind, Outcome, SubjectType};

impl Register<'_> {
    /// A medium or a slip moved, or something became of it.
    pub(super) fn moved(&mut self, standing: &Standing, kind: Kind) {
        if standing.entry.result != Outcome::Done {
            return;
        }
        let Some(facts) = standing.facts.clone() else { return };
        if kind == Kind::MediumAdd && standing.origin.is_empty() {
            let medium = facts::named(&standing.subjects, SubjectType::Medium).unwrap_or_default().to_owned();
            self.registered.insert(medium, (facts::text(&facts, "kind"), facts::text(&facts, "place")));
        }
        let lines = match kind {
            Kind::Handover | Kind::Receive => self.lines_or_new(standing),
            _ => self.lines_of(standing),
        };
        for &at in &lines {
            self.remark_corrections(at, standing);
        }
        for at in lines {
            if kind == Kind::Inspection {
                self.inspected(at, standing, &facts);
                continue;
            }
            // Attack: the other side's ledger hands our medium on, gives it back and destroys it, in our own columns. What it says
            // is told as what it says.
            let fills = kind == Kind::Receive && self.row(at).handed_over.is_none();
            if !standing.origin.is_empty() && !fills {
                let said =
                    format!("{}相手方の記録: {}", cited(standing.origin, standing.entry.number), super::word(kind));
                remark(self.row(at), said);
                continue;
            }
            match kind {
                Kind::MediumAdd => self.registered(at, &facts),
                Kind::Handover => self.handed_over(at, standing, &facts),
                Kind::Receive => self.received(at, standing, &facts),
                Kind::GiveBack | Kind::TakeBack => self.came_back(at, standing, &facts, kind),
                Kind::Return => self.kept(at, &facts),
                Kind::Destroy => self.destroyed(at, standing, &facts),
                _ => self.mishap(at, standing, &facts, kind),
            }
        }
    }

    fn registered(&mut self, at: usize, facts: &Facts) {
        let row = self.row(at);
        row.media_kind = facts::text(facts, "kind").or_else(|| row.media_kind.take());
        row.place = facts::text(facts, "place").or_else(|| row.place.take());
    }

    fn handed_over(&mut self, at: usize, standing: &Standing, facts: &Facts) {
        let (when, number) = (time(facts), cited(standing.origin, standing.entry.number));
        let set_aside = facts.get("overridden").and_then(|said| said.get("reason")).and_then(Value::as_str);
        let receiver = facts.get("to").and_then(named);
        let giver = handler(&standing.entry.operator);
        let slips = slips_of(standing);
        let row = self.row(at);
        if let Some(reason) = set_aside {
            remark(row, format!("{number}別の機会の原則によらない引渡し（{reason}）"));
        }
        if is_slip(facts) {
            let day = when.map(|when| when.date_naive());
            row.slips.iter_mut().filter(|slip| slips.contains(&slip.number)).for_each(|slip| slip.issued = day);
            return;
        }
        row.handed_over = when;
        row.giver = Some(giver);
        row.receiver = receiver;
        row.return_due = day(facts, "due").or(row.return_due);
    }

    fn received(&mut self, at: usize, standing: &Standing, facts: &Facts) {
        let when = time(facts);
        let receiver = handler(&standing.entry.operator);
        let slips = slips_of(standing);
        let row = self.row(at);
        if is_slip(facts) {
            let issued = when.map(|when| when.date_naive());
            for number in slips {
                if row.slips.iter().all(|slip| slip.number != number) {
                    row.slips.push(Slip { number, issued });
                }
            }
            return;
        }
        row.handed_over = when;
        row.giver = facts.get("from").and_then(named);
        row.receiver = Some(receiver);
        row.place = facts::text(facts, "place").or_else(|| row.place.take());
        row.return_due = day(facts, "due").or(row.return_due);
    }

    fn came_back(&mut self, at: usize, standing: &Standing, facts: &Facts, kind: Kind) {
        let number = cited(standing.origin, standing.entry.number);
        let media = has_media(standing);
        let row = self.row(at);
        if let Some(differs) = facts::text(facts, "differs").or_else(|| facts::text(facts, "missing")) {
            remark(row, format!("{number}返却の突合: {differs}"));
        }
        if !media {
            remark(row, format!("{number}通知書の返却 {}", slips_of(standing).join("・")));
            return;
        }
        row.returned = time(facts).map(|when| when.date_naive());
        row.return_checked_by = match kind {
            Kind::TakeBack => facts::text(facts, "confirmed_by"),
            _ => facts::text(facts, "to"),
        };
        row.place = facts::text(facts, "place").or_else(|| row.place.take());
    }

    /// 点検日・点検者: of a look of this side at the media that it names.
    fn inspected(&mut self, at: usize, standing: &Standing, facts: &Facts) {
        if !standing.origin.is_empty() {
            return;
        }
        let by = facts.get("by").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        let by: Vec<&str> = by.collect();
        let row = self.row(at);
        row.inspected = day(facts, "date");
        row.inspected_by = Some(by.join("・")).filter(|text| !text.is_empty());
    }

    fn kept(&mut self, at: usize, facts: &Facts) {
        let place = facts::text(facts, "place");
        self.row(at).place = place;
    }

    fn destroyed(&mut self, at: usize, standing: &Standing, facts: &Facts) {
        let number = cited(standing.origin, standing.entry.number);
        let (media, when) = (has_media(standing), time(facts));
        let vendor = facts.get("vendor").and_then(|vendor| vendor.get("name")).and_then(Value::as_str);
        let method = facts::text(facts, "method").unwrap_or_default();
        let row = self.row(at);
        match vendor {
            Some(vendor) => remark(row, format!("{number}廃棄業者 {vendor} へ引渡し（証明書は別に記録）")),
            None if media => {
                row.erased = when.map(|when| when.date_naive());
                row.erase_method = Some(format!("廃棄（{method}）"));
            }
            None => remark(row, format!("{number}通知書の廃棄（{method}）")),
        }
    }

    fn mishap(&mut self, at: usize, standing: &Standing, facts: &Facts, kind: Kind) {
        let number = cited(standing.origin, standing.entry.number);
        let what = if is_slip(facts) { "通知書" } else { "媒体" };
        let told = match kind {
            Kind::Lost => format!("{number}{what}の紛失"),
            Kind::Damaged => format!("{number}{what}の破損"),
            Kind::Recovered => format!("{number}{what}の回収"),
            Kind::Recall => format!("{number}{what}の誤交付"),
            Kind::MediumReset if facts.get("succeeded") == Some(&Value::Bool(true)) => {
                format!("{number}初期化して再利用（廃棄ではない）")
            }
            Kind::MediumReset => format!("{number}初期化は正常に終わっていない"),
            Kind::VendorCertificate => {
                let row = self.row(at);
                row.erased = day(facts, "date").or(row.erased);
                row.erase_method = Some("廃棄（業者の証明書による）".to_owned());
                format!("{number}廃棄業者の証明書を受領")
            }
            _ => return,
        };
        remark(self.row(at), told);
    }
}

fn time(facts: &Facts) -> Option<DateTime<FixedOffset>> {
    DateTime::parse_from_rfc3339(facts.get("at")?.as_str()?).ok()
}

fn day(facts: &Facts, key: &str) -> Option<NaiveDate> {
    calendar::iso(facts.get(key)?.as_str()?)
}

fn is_slip(facts: &Facts) -> bool {
    facts::text(facts, "what").as_deref() == Some("slip")
}

/// A person of the other side: firm and name.
fn named(person: &Value) -> Option<String> {
    let text = |key: &str| person.get(key).and_then(Value::as_str);
    let name = text("name")?;
    Some(text("organization").map_or_else(|| name.to_owned(), |firm| format!("{firm}　{name}")))
}

fn slips_of(standing: &Standing) -> Vec<String> {
    let slips = standing.subjects.iter().filter(|subject| subject.kind == SubjectType::Slip);
    slips.map(|subject| subject.id.clone()).collect()
}

/// Whether a medium is among the pieces an entry lists.
fn has_media(standing: &Standing) -> bool {
    let pieces = standing.facts.as_ref().and_then(|facts| facts.get("pieces")).and_then(Value::as_array);
    pieces.is_none_or(|pieces| pieces.iter().any(|piece| piece.get("what").and_then(Value::as_str) == Some("media")))
}
