//! `tewatashi equipment …` and `tewatashi place …`: 全機器, 作業場所 and 保管場所.

use serde_json::json;

use super::args::{EquipmentAddArgs, EquipmentCommand, PlaceCommand};
use super::context::Context;
use super::desk::{Desk, recorded, recorded_at};
use super::failure::Failure;
use super::medium::{known, known_place, number_of, person};
use super::papers::{self, Papers};
use super::{said, when};
use crate::erase::os;
use crate::ledger::{Kind, SubjectType};
use crate::life::facts::{Declared, MachineAdd, MachineRetire, PlaceAdd, Told};
use crate::life::machine::Settled;
use crate::life::{Life, Machine};
use crate::t;
use crate::term::out::out;
use crate::term::show;

pub fn run(context: &Context, command: &EquipmentCommand) -> Result<(), Failure> {
    match command {
        EquipmentCommand::Add(args) => add(context, args),
        EquipmentCommand::List => list(context),
        EquipmentCommand::Retire { id, reason, date } => retire(context, id, reason, *date),
        EquipmentCommand::Declare { ids, statement, by, date } => {
            declare(context, ids, statement, by.as_deref(), *date)
        }
    }
}

fn add(context: &Context, args: &EquipmentAddArgs) -> Result<(), Failure> {
    let machine = recorded(context, Kind::EquipmentAdd, |desk, trace| {
        let id = number_of(&args.id)?;
        trace.about(SubjectType::Equipment, id.clone());
        let life = desk.life()?;
        let text = |said: &Option<String>| said.as_deref().map(said::text).transpose();
        let host = if args.this { Some(os::user_and_host().1) } else { text(&args.host)? };
        let taken = life
            .machines
            .iter()
            .find(|machine| machine.id == id || (host.is_some() && machine.host == host && machine.retired.is_none()));
        if let Some(taken) = taken {
            let message = t!("err-equipment-there", id = show::name(&taken.id));
            return Err(Failure::refused("equipment_there", message, t!("hint-equipment-there")).about(id));
        }
        let machine = MachineAdd {
            id,
            kind: said::text(&args.kind)?,
            name: text(&args.name)?,
            serial: text(&args.serial)?,
            place: text(&args.place)?,
            host,
        };
        if let Some(place) = &machine.place {
            known_place(context, &life, place);
        }
        trace.facts(machine.facts().into());
        Ok(machine)
    })?;
    context.say(&t!("equipment-added", id = show::name(&machine.id), kind = show::name(&machine.kind)));
    if machine.host.is_none() {
        context.chat(&t!("equipment-no-host"));
    }
    context.result(&json!({ "equipment": machine }));
    Ok(())
}

/// A machine by its number.
pub fn one<'l>(life: &'l Life, said: &str) -> Result<&'l Machine, Failure> {
    let number = number_of(said)?;
    life.machines.iter().find(|machine| machine.id == number).ok_or_else(|| {
        let message = t!("err-no-equipment", id = show::name(&number));
        Failure::failed("no_equipment", message, t!("hint-no-equipment")).about(number)
    })
}

fn retire(context: &Context, said: &str, reason: &str, date: Option<chrono::NaiveDate>) -> Result<(), Failure> {
    let (machine, date) = recorded(context, Kind::EquipmentRetire, |desk, trace| {
        let life = desk.life()?;
        let machine = one(&life, said)?;
        trace.about(SubjectType::Equipment, machine.id.clone());
        if let Some(date) = machine.retired {
            let message = t!("err-equipment-retired", id = show::name(&machine.id), date = crate::era::long(date));
            return Err(Failure::refused("equipment_retired", message, t!("hint-equipment-retired")));
        }
        let retired = MachineRetire { date: when::past_day(date)?, reason: said::text(reason)? };
        trace.facts(retired.facts().into());
        Ok((machine.clone(), retired.date))
    })?;
    context.say(&t!("equipment-retired", id = show::name(&machine.id), date = crate::era::long(date)));
    if machine.touched.is_some() && machine.settled().is_none() {
        context.warn(&t!("warn-equipment-open", id = show::name(&machine.id)));
    }
    context.result(&json!({ "equipment": machine.id, "date": date.to_string() }));
    Ok(())
}

/// What somebody says of machines on which nothing could be measured: never taken for an erasure.
fn declare(
    context: &Context,
    ids: &[String],
    statement: &str,
    by: Option<&str>,
    date: Option<chrono::NaiveDate>,
) -> Result<(), Failure> {
    let desk = Desk::open(context)?;
    let papers = Papers::new(context, &desk);
    let mut machines = Vec::new();
    for id in ids {
        machines.push(one(&desk.life()?, id)?.clone());
    }
    let by = by.map_or_else(|| Ok(desk.operator.name.clone()), |name| person(&desk, name))?;
    let told = Declared { by, date: when::past_day(date)?, statement: said::text(statement)? };
    for machine in &machines {
        if let Some(touched) = machine.touched_on.filter(|touched| told.date < *touched) {
            let message = t!("err-declared-before", id = show::name(&machine.id), touched = crate::era::long(touched));
            return Err(
                Failure::refused("declared_before", message, t!("hint-declared-before")).about(machine.id.clone())
            );
        }
    }
    papers.ready(&papers::declaration(&desk, &machines, &told))?;
    for machine in &machines {
        recorded_at(context, &desk, Kind::Declare, |_, trace| {
            trace.about(SubjectType::Equipment, machine.id.clone());
            trace.facts(told.facts().into());
            Ok(())
        })?;
    }
    let issued = papers.issue(&papers::declaration(&desk, &machines, &told)).map_err(papers::sheet_missing)?;
    context.say(&t!("declared", count = machines.len(), number = issued.number.clone()));
    papers::tell(context, [&issued]);
    let numbers: Vec<&str> = machines.iter().map(|machine| machine.id.as_str()).collect();
    context.result(&json!({ "equipment": numbers, "measured": false, "documents": [issued.json()] }));
    Ok(())
}

fn list(context: &Context) -> Result<(), Failure> {
    let (_, life) = known(context)?;
    if !context.json {
        if life.machines.is_empty() {
            context.say(&t!("equipment-none"));
        } else {
            let head = [t!("col-number"), t!("col-sort"), t!("col-place"), t!("field-host"), t!("col-settled")];
            out(&show::row(&head.each_ref().map(String::as_str), &COLUMNS));
        }
        for machine in &life.machines {
            out(&line(machine));
        }
        for (host, entry) in &life.strangers {
            context.warn(&t!("warn-host-unlisted", host = show::name(host), entry = entry.to_string()));
        }
    }
    let rows = life.machines.iter().map(|machine| {
        json!({
            "number": machine.id, "kind": machine.kind, "name": machine.name, "serial": machine.serial,
            "place": machine.place, "host": machine.host, "retired": machine.retired.map(|day| day.to_string()),
            "touched": machine.touched, "settled": settled_json(machine),
        })
    });
    let strangers: Vec<_> =
        life.strangers.iter().map(|(host, entry)| json!({ "host": host, "entry": entry })).collect();
    context.result(&json!({ "equipment": rows.collect::<Vec<_>>(), "unlisted": strangers }));
    Ok(())
}

const COLUMNS: [usize; 4] = [14, 14, 20, 16];

/// A machine on a line.
pub fn line(machine: &Machine) -> String {
    let said = |text: &Option<String>| text.as_deref().map(show::name).unwrap_or_default();
    let settled = match machine.settled() {
        Some(Settled::Erased(entry)) => t!("settled-erased", entry = entry.to_string()),
        Some(Settled::Declared(entry)) => t!("settled-declared", entry = entry.to_string()),
        None if machine.touched.is_some() => t!("settled-open"),
        None => t!("settled-untouched"),
    };
    let cells =
        [show::name(&machine.id), show::name(&machine.kind), said(&machine.place), said(&machine.host), settled];
    show::row(&cells.each_ref().map(String::as_str), &COLUMNS)
}

/// How a machine's part ended, for scripts.
pub fn settled_json(machine: &Machine) -> serde_json::Value {
    match machine.settled() {
        Some(Settled::Erased(entry)) => json!({ "how": "erased", "entry": entry }),
        Some(Settled::Declared(entry)) => json!({ "how": "declared_not_measured", "entry": entry }),
        None => serde_json::Value::Null,
    }
}

pub fn place(context: &Context, command: &PlaceCommand) -> Result<(), Failure> {
    match command {
        PlaceCommand::Add { name, work, keep, address } => add_place(context, name, *work, *keep, address.as_deref()),
        PlaceCommand::List => list_places(context),
    }
}

fn add_place(context: &Context, name: &str, work: bool, keep: bool, address: Option<&str>) -> Result<(), Failure> {
    let place = recorded(context, Kind::PlaceAdd, |desk, trace| {
        let name = said::text(name)?;
        trace.about(SubjectType::Place, name.clone());
        if desk.life()?.places.iter().any(|place| place.name == name) {
            let message = t!("err-place-there", name = show::name(&name));
            return Err(Failure::refused("place_there", message, t!("hint-place-there")).about(name));
        }
        let place = PlaceAdd { name, work, keep, address: address.map(said::text).transpose()? };
        trace.facts(place.facts().into());
        Ok(place)
    })?;
    context.say(&t!("place-added", name = show::name(&place.name)));
    context.result(&json!({ "place": place }));
    Ok(())
}

fn list_places(context: &Context) -> Result<(), Failure> {
    let (_, life) = known(context)?;
    if !context.json {
        for place in &life.places {
            let uses = [(place.work, t!("place-work")), (place.keep, t!("place-keep"))];
            let uses: Vec<String> = uses.into_iter().filter(|(is, _)| *is).map(|(_, word)| word).collect();
            let address = place.address.as_deref().map(show::name).unwrap_or_default();
            out(format!("{}  {}  {address}", show::pad(&show::name(&place.name), 24), uses.join("・")).trim_end());
        }
        if life.places.is_empty() {
            context.say(&t!("places-none"));
        }
    }
    let rows = life
        .places
        .iter()
        .map(|place| json!({ "name": place.name, "work": place.work, "keep": place.keep, "address": place.address }));
    context.result(&json!({ "places": rows.collect::<Vec<_>>() }));
    Ok(())
}
