//! The calls list: query line, list, detail strip.

mod areas;
mod chips;
pub mod columns;
mod completion;
pub mod customer;
mod facets;
mod highlight;
mod list;
mod looking;
mod marks;
mod model;
mod news;
mod query_line;
mod query_view;
mod rows_view;
mod strip_view;
pub mod totals;
mod typing;
mod update;
mod view;

pub use areas::{WIDE, areas};
pub use chips::Chips;
pub use columns::{Choice, bytes, headline};
pub use customer::CustomerPage;
pub use facets::{Facets, want as want_facets};
pub use list::{Line, List, Way};
pub use looking::{look_now, moved, opened};
pub use marks::Marks;
pub use model::{Calls, Wish};
pub use query_line::QueryLine;
pub use query_view::count_text;
pub use totals::TotalsPage;
pub use typing::input;
pub use update::{
    SORTS, act, act_over, answered, back, begin, changed, descends_first, due, jump_to_date, restore_query, set_sort, written,
};
pub use view::view;
