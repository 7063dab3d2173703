//! The program `ecs-mock`.

use std::process::ExitCode;

fn main() -> ExitCode {
    ecs_mock::cli::main()
}
