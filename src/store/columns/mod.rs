//! The column index: what lists filter, sort and count by, column by column, so that any question about ten million calls is
//! one pass of some milliseconds.
//!
//! It is a cache. The file beside the database (`NAME.columns`) is of one moment; every program that opened the database maps
//! it and reads on from the table `change`, which triggers fill with every change of a call. Whatever is not as expected –
//! another database, schema, zone, a sum that is wrong – means that the file is made anew while SQL answers; never another
//! answer.

mod block;
mod build;
mod eval;
mod file;
mod image;
mod keeper;
mod kept_sets;
mod map;
mod mask;
mod order;
mod part;
mod plan;
mod query;
mod row;
mod rows;
mod segment;
mod split;
mod tally;
mod view;

pub(super) use image::{Damaged, Image, ImageBuilder};
pub(super) use keeper::{Answer, Columns};
pub(super) use order::{By, Wanted};
pub(super) use part::Part;
pub(super) use query::{Query, Trouble};
pub(super) use segment::seat;
pub(super) use view::View;
