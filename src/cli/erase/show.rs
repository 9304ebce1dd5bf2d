//! What a person sees of an erasure: the plan, the question, the result.

use serde::Serialize;
use serde::ser::{SerializeSeq, Serializer};
use serde_json::{Value, json};

use crate::cli::context::Context;
use crate::cli::counted;
use crate::cli::failure::Failure;
use crate::cli::words;
use crate::erase::os::facts::Cells;
use crate::erase::outcome::{Fate, Reason, Reasons};
use crate::erase::pattern::Method;
use crate::erase::plan::{Item, Plan};
use crate::erase::promise::{self, Ground};
use crate::t;
use crate::term::language::loader;
use crate::term::{ask, prompt, show};
use crate::typed;

/// More than this, and a yes is not enough.
const MANY: usize = 100;
const MUCH: u64 = 1 << 30;

/// Lines of the plan that are shown when it is not asked for.
const SOME: usize = 20;

/// Shows the plan; every item when `all` of it is wanted.
pub fn plan(context: &Context, plan: &Plan, method: Method, all: bool) {
    // Of a run before this one, what it had done is not to be done again.
    let open = || plan.items.iter().filter(|item| item.fate.is_none());
    let bytes: u64 = open().filter(|item| item.twin.is_none()).map(|item| item.size).sum();
    let items = counted::items(open().count() as u64);
    context.say(&t!("erase-plan", items = items, size = show::size(bytes)));
    for ground in &plan.grounds {
        context.say(&format!("  {}", place(ground)));
        if ground.clears_journal {
            context.say(&format!("    {}", t!("erase-plan-journal")));
        }
    }
    context.say(&format!("  {}", how(method)));
    let odd: Vec<&Item> = open().filter(|item| all || !item.reasons.is_empty()).collect();
    for item in odd.iter().take(if all { usize::MAX } else { SOME }) {
        line(context, plan, item);
    }
    if !all && odd.len() > SOME {
        context.say(&format!("  {}", t!("erase-plan-more", count = (odd.len() - SOME).to_string())));
    }
    let left = plan.items.iter().filter(|item| plan.is_left(item)).count();
    if left > 0 {
        context.warn(&t!("warn-erase-left", items = counted::items(left as u64)));
    }
    advise(context, plan.items.iter().map(|item| item.reasons));
}

fn place(ground: &Ground) -> String {
    let hardware = &ground.hardware;
    let cells = match hardware.cells {
        Cells::Disks => t!("erase-cells-disks"),
        Cells::Flash => t!("erase-cells-flash"),
        Cells::Unknown => t!("erase-cells-unknown"),
    };
    let model = hardware.model.as_deref().map(show::name).unwrap_or_default();
    let place = &ground.place;
    t!(
        "erase-plan-place",
        source = show::name(&place.source),
        kind = place.fs_type.clone(),
        model = model,
        cells = cells
    )
}

fn how(method: Method) -> String {
    match method {
        Method::Zero => t!("erase-how-zero"),
        Method::Random => t!("erase-how-random"),
        Method::Dod => t!("erase-how-dod"),
    }
}

fn line(context: &Context, plan: &Plan, item: &Item) {
    let size = show::pad_left(&show::size(item.size), 10);
    let what = if item.reasons.is_empty() {
        t!("erase-promise-in-place")
    } else {
        let said: Vec<String> = item.reasons.iter().map(|one| words::reason(loader(), one)).collect();
        let said = said.join(&t!("erase-and"));
        if plan.is_left(item) { t!("erase-promise-left", why = said) } else { said }
    };
    let who = plan.writers.iter().find(|(index, _)| std::ptr::eq(&raw const plan.items[*index as usize], item));
    let who = who.map(|(_, who)| format!(" [{}]", show::name(who))).unwrap_or_default();
    context.say(&format!("  {size}  {}  {what}{who}", show::path(&plan.path(item))));
}

/// The better ways, each once.
fn advise(context: &Context, all: impl Iterator<Item = Reasons>) {
    let reasons = all.fold(Reasons::default(), Reasons::with);
    let mut told: Vec<String> = Vec::new();
    for better in reasons.iter().filter_map(words::better) {
        if !told.contains(&better) {
            context.say(&format!("  → {better}"));
            told.push(better);
        }
    }
}

/// For scripts that want the plan alone.
pub fn plan_json(context: &Context, plan: &Plan, method: Method) {
    #[derive(Serialize)]
    struct Document<'a> {
        plan: Body<'a>,
    }
    #[derive(Serialize)]
    struct Body<'a> {
        files: usize,
        bytes: u64,
        method: Method,
        places: Vec<Value>,
        items: Planned<'a>,
    }
    struct Planned<'a>(&'a Plan);
    impl Serialize for Planned<'_> {
        fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
            let mut list = to.serialize_seq(Some(self.0.items.len()))?;
            for item in &self.0.items {
                let left = self.0.is_left(item);
                list.serialize_element(&json!({
                    "path": self.0.path(item).to_string_lossy(), "kind": item.kind, "size": item.size,
                    "reasons": item.reasons, "left": left, "may_remain": promise::leaves(item.reasons).with(item.remains),
                }))?;
            }
            list.end()
        }
    }
    let places = places_json(plan);
    let items = Planned(plan);
    context.result(&Document { plan: Body { files: plan.items.len(), bytes: plan.bytes(), method, places, items } });
}

/// The file systems, and what they lie on.
pub fn places_json(plan: &Plan) -> Vec<Value> {
    let place = |ground: &Ground| {
        json!({
            "source": ground.place.source, "fs_type": ground.place.fs_type, "hardware": ground.hardware,
            "journal_cleared": ground.clears_journal, "device_read": ground.raw.is_some(), "logical": ground.is_logical(),
        })
    };
    plan.grounds.iter().map(place).collect()
}

/// Asks whether it is meant. What is many or large is typed back, so that a hand that says yes to everything is stopped.
pub fn confirm(context: &Context, plan: &Plan) -> Result<(), Failure> {
    if context.yes {
        return Ok(());
    }
    if !context.may_ask() {
        return Err(Failure::usage("needs_yes", t!("err-needs-yes"), t!("hint-needs-yes")));
    }
    let work = || plan.items.iter().filter(|item| item.fate.is_none() && !plan.is_left(item));
    let (count, bytes) = (work().count(), plan.bytes());
    let typed = count > MANY || bytes > MUCH;
    let agreed = if typed {
        let wanted = [show::number(count as u64), show::size(bytes)];
        let shown = t!("erase-work", items = counted::items(count as u64), size = wanted[1].clone());
        context.say(&shown);
        let count = ask::text(&t!("ask-erase-count"), None).map_err(|e| words::terminal(&e))?;
        let size = ask::text(&t!("ask-erase-size"), None).map_err(|e| words::terminal(&e))?;
        same(&count, &wanted[0]) && same(&size, &wanted[1])
    } else {
        prompt::yes(&t!("ask-erase")).map_err(|e| words::terminal(&e))?
    };
    if agreed {
        return Ok(());
    }
    let hint = if typed { t!("hint-not-confirmed") } else { t!("hint-not-confirmed-yes") };
    Err(Failure::refused("not_confirmed", t!("err-not-confirmed"), hint))
}

/// Full-width typing, thousands and blanks do not matter.
fn same(typed: &str, wanted: &str) -> bool {
    let plain = |text: &str| {
        let text = typed::narrow(text);
        text.chars().filter(|c| !c.is_whitespace() && *c != ',').collect::<String>().to_lowercase()
    };
    plain(typed) == plain(wanted)
}

/// What became of it.
pub fn result(context: &Context, plan: &Plan, tally: &Tally) {
    let shown = [tally.erased, tally.not_verified, tally.failed, tally.skipped].map(show::number);
    let [erased, not_verified, failed, skipped] = shown;
    context.say(&t!(
        "erase-done",
        items = counted::items(plan.items.len() as u64),
        erased = erased,
        unverified = not_verified,
        failed = failed,
        skipped = skipped
    ));
    let not = plan.items.iter().filter(|item| item.fate != Some(Fate::Erased));
    for item in not.take(SOME) {
        let why: Vec<String> = item.reasons.iter().map(|one| words::reason(loader(), one)).collect();
        let fate = words::fate(item.fate.unwrap_or(Fate::Skipped));
        context.say(&format!("  {fate}  {}  {}", show::path(&plan.path(item)), why.join(&t!("erase-and"))));
    }
    if tally.others() > SOME as u64 {
        context.say(&format!("  {}", t!("erase-plan-more", count = (tally.others() - (SOME as u64)).to_string())));
    }
    let remains: Vec<String> = tally.remains.iter().map(|one| words::remains(loader(), one)).collect();
    if !remains.is_empty() {
        context.say(&t!("erase-may-remain", what = remains.join(&t!("erase-and"))));
    }
    let not = plan.items.iter().filter(|item| item.fate != Some(Fate::Erased));
    advise(context, not.map(|item| item.reasons));
    if plan.items.iter().any(|item| item.reasons.has(Reason::CopyOnWrite)) {
        context.note(&t!("erase-fstrim"));
    }
}

/// How many came to what.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tally {
    /// Erased.
    pub erased: u64,
    /// Overwritten, not proved.
    pub not_verified: u64,
    /// Failed.
    pub failed: u64,
    /// Left as they were.
    pub skipped: u64,
    /// Bytes overwritten.
    pub bytes: u64,
    /// What may remain of any.
    pub remains: crate::erase::outcome::Remaining,
}

impl Tally {
    /// Of a plan that was worked at.
    pub fn of(plan: &Plan) -> Self {
        let mut tally = Self::default();
        for item in &plan.items {
            let count = match item.fate {
                Some(Fate::Erased) => &mut tally.erased,
                Some(Fate::NotVerified) => &mut tally.not_verified,
                Some(Fate::Failed) => &mut tally.failed,
                Some(Fate::Skipped) | None => &mut tally.skipped,
            };
            *count += 1;
            // Another name of the same file was not overwritten once more.
            tally.bytes += if item.twin.is_some() { 0 } else { item.overwritten };
            tally.remains = tally.remains.with(item.remains);
        }
        tally
    }

    /// Those that are not erased.
    pub fn others(&self) -> u64 {
        self.not_verified + self.failed + self.skipped
    }
}
