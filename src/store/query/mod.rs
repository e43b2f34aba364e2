//! Filters as SQL on the narrow table, with plans that we choose.

mod access;
mod count;
mod facets;
mod field;
mod hydrate;
mod page;
mod party;
mod ranked;
mod sort;
mod sql;
mod summary;
mod tally;
mod term;

pub(super) use access::{Access, Order};
pub(super) use hydrate::calls;
pub(super) use sql::{Param, array};
pub(super) use tally::{Ask, Counted, Split, Sums, Tally};
pub(super) use term::{Term, by_id, fits, keys_of};
