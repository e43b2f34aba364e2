//! Plain types and rules that all rooms share. Pure and total: no I/O, no async, no clock.

pub mod access;
pub mod actor;
pub mod audit;
pub mod call;
pub mod changes;
pub mod clean;
pub mod clip;
pub mod column;
pub mod directory;
pub mod facet;
pub mod fold;
pub mod id;
pub mod instant;
pub mod job;
pub mod length;
pub mod list;
pub mod naming;
pub mod nearest;
pub mod number;
pub mod party;
pub mod query;
pub mod receipt;
pub mod recording;
pub mod speech;
pub mod turns;
pub mod why;
