//! Why a call was recorded or not, as far as its records show.

use serde::{Deserialize, Serialize};

/// One thing that the records show about the recording of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why {
    /// A stable word, such as `automatic`, `on-demand`, `nobody-talked`, `no-file`.
    pub code: String,
    /// One English sentence.
    pub text: String,
}
