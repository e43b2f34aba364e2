//! What panes ask with: a line for the query, chips, and how they are drawn. They know nothing of screens.

mod chips;
mod line;
mod view;

pub use chips::{chip_place, draw_chips};
pub use line::{Offer, Offers, QueryLine, QueryProblem};
pub use view::{line_view, offers_view, problem_view};

/// From so many columns on there is room for something beside a list.
pub const WIDE: u16 = 110;
