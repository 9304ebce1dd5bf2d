//! `tewatashi certificate verify`: is this certificate genuine, and what does it cover?

use super::args::CertificateCommand;
use super::context::Context;
use super::failure::Failure;

pub fn run(_: &Context, command: &CertificateCommand) -> Result<(), Failure> {
    match command {
        CertificateCommand::Verify(_) => Ok(()),
    }
}
