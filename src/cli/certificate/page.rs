//! The page against its record: set again, it is the same to the byte, or it is told that it is not.

use super::books::{Books, Place};
use super::given::Given;
use super::report::{Check, Notice, Report};
use crate::case::folder::CaseFolder;
use crate::cli::paper::press;
use crate::cli::photo;
use crate::paper::{Form, Job, Mark, Origin, Press, Template};

/// So many reprints are tried where no ledger tells which one it is.
const MOST_COPIES: u64 = 3;

/// Sets the page again.
///
/// Attack: the record is left as it is, signature and all, and the visible page says something else. A page that differs may
/// also come from an edited form, other fonts or another version, so it is told as what it is: not the page that this
/// program would print.
pub fn judge(place: &Place, books: Option<&Books>, given: &Given, report: &mut Report) {
    let Some(pdf) = &given.pdf else { return };
    if given.revised {
        report.note(Notice::Revised);
    }
    let records = place.folder().map(CaseFolder::records);
    let folders = [Some(given.folder.clone()), records.clone(), Some(given.folder.join("records"))];
    let Some(pictures) = folders.iter().flatten().find_map(|folder| photo::kept(folder, &given.record).ok()) else {
        return report.note(Notice::PageNotMade);
    };
    let signature = given.signature.as_deref().filter(|_| given.is_erasure());
    let mut made = false;
    for press in presses(place, given) {
        for mark in marks(books) {
            let job = Job { mark, signature, pictures: &pictures, ..Job::of(&given.record) };
            let Ok(page) = press.set(&job) else { break };
            made = true;
            if page.pdf == *pdf {
                return report.right(Check::Page);
            }
        }
    }
    if !made {
        report.note(Notice::PageNotMade);
    } else if !report.is_right(Check::Print) {
        // A print that the ledger pinned is what it was, whatever became of the form since.
        report.note(Notice::PageDiffers);
    }
}

/// With the case's own form, where it has one, and with the one of the program.
fn presses(place: &Place, given: &Given) -> Vec<Press> {
    let own = Form::named(&given.record.form)
        .zip(place.folder())
        .filter(|(form, folder)| matches!(Template::origin(*form, Some(&folder.forms())), Origin::Case(_)));
    own.map(|(_, folder)| press(Some(folder))).into_iter().chain([press(None)]).collect()
}

fn marks(books: Option<&Books>) -> Vec<Mark> {
    let voided = books.is_none_or(|books| books.voided().is_some() || !books.is_its_own);
    let copies = (1..=MOST_COPIES).map(Mark::Copy);
    [Mark::None].into_iter().chain(copies).chain(voided.then_some(Mark::Voided)).collect()
}
