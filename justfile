# The commands of CONTRIBUTING.md by short names, for `just` (https://just.systems). It adds nothing to them, so typing
# them does as well.

# A recipe's arguments reach its command as they were given, with their spaces and quotes.
set positional-arguments

# Lists the recipes.
[private]
default:
    @just --list --unsorted

# Serves on http://127.0.0.1:4590, seeded from ./seed on its first start. Flags of the server may follow.
run *flags:
    cargo run --release -- "$@"

# Everything in Rust. A part of a test's name may follow.
test *filter:
    cargo test "$@"

# Formatting, lints and links of the documentation, none of which may have anything to say.
lint:
    cargo fmt --check
    cargo clippy --locked --all-targets -- --deny warnings
    RUSTDOCFLAGS='--deny warnings' cargo doc --locked --no-deps

# The crate's documentation, which is the map of the code.
doc:
    cargo doc --open

# The server as it is shipped, which the clients and the proofs run.
[private]
build:
    cargo build --release

# Real SDKs against a running server. Suites may follow: python, node, go, java.
clients *suites: build
    tests/clients/run target/release/ecs-mock "$@"

# What no unit test can show. Proofs may follow; CONTRIBUTING.md has their names.
proofs *names: build
    tests/proofs/run target/release/ecs-mock "$@"

# What it costs: see "How fast" in README.md. One benchmark may follow: `just bench --bench shared`.
bench *arguments:
    cargo bench "$@"

# Everything that must pass before a change lands.
ci:
    .ci/run
