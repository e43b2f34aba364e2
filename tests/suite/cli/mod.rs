//! The command line, as scripts see it: the real program in a home of its own.

mod audit;
pub mod bench;
mod calls;
mod documents;
mod downloads;
mod endings;
mod listening;
mod people;
mod places;
mod shares;
mod words;
