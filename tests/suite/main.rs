//! The integration suite: one binary, so that the program is linked once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "the whole crate is tests")]

mod api;
mod cli;
mod columns;
mod common;
mod company;
mod console;
mod driver;
mod durability;
mod ear;
mod figures;
mod import;
mod serve;
mod sound;
