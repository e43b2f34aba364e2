//! What the console remembers from one start to the next.

use serde::{Deserialize, Serialize};

/// Last query, place in the list, order and volume.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// What was open: pane, query, order and cursor are of it.
    pub place: String,
    /// Name of the pane.
    pub pane: String,
    pub query: String,
    /// As the API takes it; empty: newest first.
    pub sort: String,
    /// Public id of the call under the cursor.
    pub call: Option<String>,
    /// Cursor after which its page began.
    pub page: Option<String>,
    /// Queries, newest last.
    pub history: Vec<String>,
    /// Columns of the list on narrow and on wide screens, such as `party`, `agent=20`; empty: nothing was chosen.
    pub columns: Vec<String>,
    pub columns_wide: Vec<String>,
    pub volume: Option<f32>,
    /// Pieces of query by digit; empty where they are the built-in ones.
    pub chips: Vec<String>,
    pub facets_hidden: bool,
    /// Folder, name template and form that were taken out with last; empty: none were.
    pub take_folder: String,
    pub take_names: String,
    pub take_form: String,
    pub take_shown_columns: bool,
}
