//! The program: hand the arguments over, leave with the exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    tewatashi::cli::run(std::env::args_os())
}
