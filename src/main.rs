//! The program `ecs-mock`.

use std::process::ExitCode;

/// What a request leaves in a journal is freed much later, and by whichever thread comes along. The allocator of the C library takes
/// a lock for that and searches lists that grow with it. Huge pages are off: they would double what an idle server takes.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    ecs_mock::cli::main()
}
