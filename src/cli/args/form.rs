//! The arguments of `tewatashi form …`.

use std::path::PathBuf;

use clap::Subcommand;

use crate::paper::Form;
use crate::t;

/// `form`
#[derive(Debug, Subcommand)]
pub enum FormCommand {
    /// The forms, and which templates set them.
    #[command(about = t!("about-form-list"))]
    List,
    /// A copy of a template, to be edited.
    #[command(about = t!("about-form-export"))]
    Export {
        /// The form.
        #[arg(value_name = "NAME", value_parser = form, help = t!("arg-form-name"))]
        form: Form,
        /// Where the copy goes.
        #[arg(value_name = "DIR", help = t!("arg-form-dir"))]
        folder: Option<PathBuf>,
    },
    /// Tries out a template with sample data.
    #[command(about = t!("about-form-check"))]
    Check {
        /// The template.
        #[arg(value_name = "FILE.typ", help = t!("arg-form-file"))]
        file: PathBuf,
        /// The form it is for.
        #[arg(long, value_name = "NAME", value_parser = form, help = t!("arg-form-form"))]
        form: Option<Form>,
        /// Where the page goes.
        #[arg(long, value_name = "FILE.pdf", help = t!("arg-form-out"))]
        out: Option<PathBuf>,
    },
}

fn form(name: &str) -> Result<Form, String> {
    let names = || Form::ALL.map(Form::name).join(", ");
    Form::named(name).ok_or_else(|| t!("bad-form", names = names()))
}
