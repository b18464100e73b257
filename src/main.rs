//! The `civicspace` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    civicspace::cli::main()
}
