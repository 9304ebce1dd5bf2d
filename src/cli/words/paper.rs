//! Words of paper. Placeholder.
use super::super::failure::Failure;
use crate::paper::PaperError;

pub fn paper(error: &PaperError) -> Failure {
    Failure::failed("paper", format!("{error:?}"), String::new())
}
