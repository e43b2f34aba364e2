//! The calls list: query line, list, detail strip.

mod answers;
mod areas;
mod chips;
pub mod columns;
mod completion;
pub mod customer;
pub mod facets;
mod highlight;
mod list;
mod looking;
mod marks;
mod model;
mod news;
mod query_line;
mod query_view;
mod requery;
mod rows_view;
mod strip_view;
pub mod totals;
mod typing;
mod update;
mod view;

pub use answers::answered;
pub use areas::{WIDE, areas};
pub use chips::{
    Chips, command as chip_command, context as query_context, draw as draw_chips, place as chip_place, set as set_chip,
};
pub use columns::{Choice, bytes, headline};
pub use customer::CustomerPage;
pub use facets::{Facets, want as want_facets};
pub use list::{Line, List, Way};
pub use looking::{look_now, moved, opened};
pub use marks::Marks;
pub use model::{Calls, Wish};
pub use query_line::{QueryLine, QueryProblem};
pub use query_view::{count_text, line_view, problem_view};
pub use requery::{apply_view, change_query, restore_query};
pub use rows_view::column_at;
pub use totals::TotalsPage;
pub use typing::{input, preview, settle, unsettle};
pub use update::{SORTS, act, act_over, back, begin, changed, descends_first, due, jump_to_date, refresh, set_sort, written};
pub use view::view;
