//! The calls list: query line, list, detail strip.

mod columns;
mod completion;
mod list;
mod looking;
mod marks;
mod model;
mod news;
mod query_line;
mod typing;
mod update;
mod view;

pub use columns::headline;
pub use list::{List, Way};
pub use looking::{moved, opened};
pub use marks::Marks;
pub use model::{Calls, Wish};
pub use query_line::QueryLine;
pub use typing::input;
pub use update::{SORTS, act, answered, back, begin, descends_first, due, jump_to_date, restore_query, set_sort, written};
pub use view::{count_text, strip_lines, view};
