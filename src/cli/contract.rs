//! `tewatashi contract …`: the contract as it stands, and 変更契約 that change it without altering the past.

use serde_json::json;

use super::args::ContractCommand;
use super::context::Context;
use super::desk::{Shelf, recorded};
use super::failure::Failure;
use super::words;
use crate::case::contract::amend_facts;
use crate::case::{Amendment, Effective, retention_end};
use crate::ledger::{Kind, SubjectType, corrected};
use crate::t;
use crate::term::out::out;
use crate::term::show;

pub fn run(context: &Context, command: &ContractCommand) -> Result<(), Failure> {
    if let ContractCommand::Conformity { date, statement } = command {
        return super::conformity::run(context, *date, statement);
    }
    let ContractCommand::Amend { number, date, to, add_items, remove_items, title } = command else {
        return show_all(context);
    };
    let effective = recorded(context, Kind::ContractAmend, |desk, trace| {
        let amendment = Amendment {
            entry: 0,
            number: number.clone(),
            title: title.clone().unwrap_or_else(|| t!("amend-title")),
            date: *date,
            to: *to,
            items_added: add_items.clone(),
            items_removed: remove_items.clone(),
        };
        let amendment = desk.contract()?.admit(amendment).map_err(|e| words::amend(&e))?;
        let contract = &desk.settings.contract.number;
        if !contract.is_empty() {
            trace.about(SubjectType::Contract, contract.clone());
        }
        trace.facts(amend_facts(&amendment).into());
        Ok(())
    });
    effective?;
    context.say(&t!("amended", number = show::name(number)));
    show_all(context)
}

fn show_all(context: &Context) -> Result<(), Failure> {
    let shelf = Shelf::open(context)?;
    let amendments = corrected::holding(&shelf.ledger, &[Kind::ContractAmend]).map_err(|e| words::ledger(&e))?;
    let effective = Effective::agreed(&shelf.settings, amendments.iter());
    super::staff::warn_unread(context, &effective.unread);
    let kept = retention_end(&shelf.settings, &effective);
    let contract = &shelf.settings.contract;
    let day = |day: Option<chrono::NaiveDate>| day.map_or_else(|| t!("not-known"), |day| day.to_string());
    let years: Vec<String> = effective.fiscal_years().iter().map(|span| span.year.to_string()).collect();
    if !context.json {
        let field = |label: String, value: &str| out(&format!("{}  {value}", show::pad(&label, 14)));
        field(t!("contract-number"), &show::name(&contract.number));
        field(t!("contract-title"), &show::name(&contract.title));
        field(t!("contract-period"), &format!("{} – {}", day(effective.from), day(effective.to)));
        field(t!("contract-years"), &years.join("・"));
        let items: Vec<String> = effective.items.iter().map(|item| show::name(item)).collect();
        let items = if effective.limited { items.join("・") } else { t!("contract-items-any") };
        field(t!("contract-items"), &items);
        field(t!("contract-kept"), &day(kept));
        for amendment in &effective.amendments {
            let change =
                format!("{} {} {}", amendment.date, show::name(&amendment.number), show::name(&amendment.title));
            field(t!("contract-amendment"), &change);
        }
    }
    context.result(&json!({
        "number": contract.number,
        "title": contract.title,
        "from": effective.from.map(|d| d.to_string()),
        "to": effective.to.map(|d| d.to_string()),
        "items": effective.items,
        "items_limited": effective.limited,
        "fiscal_years": effective.fiscal_years().iter().map(|span| span.year.year()).collect::<Vec<_>>(),
        "kept_until": kept.map(|d| d.to_string()),
        "amendments": effective.amendments.iter().map(amend_facts).collect::<Vec<_>>(),
    }));
    Ok(())
}
