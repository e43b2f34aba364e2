//! One folder a screen: its model, what messages do to it, how it is drawn. Screens never import each other.

pub mod audit;
pub mod calls;
pub mod first_run;
pub mod player;
pub mod users;
