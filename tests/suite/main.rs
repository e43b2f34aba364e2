//! The integration suite: one binary, so that the program is linked once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "the whole crate is tests")]

mod api;
mod cli;
mod columns;
mod common;
mod company;
mod console;
mod driver;
#[allow(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "children are told by their environment, die at chosen instants, and loops tell what they found"
)]
mod durability;
mod ear;
mod figures;
mod import;
mod serve;
mod sound;
