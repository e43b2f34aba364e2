//! Backups.

use http::Method;
use serde::Serialize;

use super::{ApiResponse, Client, Result};

/// What goes into a backup beside the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct BackupQuery {
    /// Recordings and clips.
    pub recordings: bool,
    /// Private keys.
    pub keys: bool,
}

impl Client {
    /// The archive as a stream; it is whole only if its seal came.
    pub async fn backup(&self, query: BackupQuery) -> Result<ApiResponse> {
        self.transport.send(self.request(Method::GET, "/backup", &query)?).await
    }
}
