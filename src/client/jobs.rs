//! Long work of the server.

use http::Method;

use super::{Client, Result, piece};
use crate::wire::Job;

impl Client {
    /// Newest first.
    pub async fn jobs(&self) -> Result<Vec<Job>> {
        self.get("/jobs", &()).await
    }

    pub async fn job(&self, id: &str) -> Result<Job> {
        self.get(&format!("/jobs/{}", piece(id)), &()).await
    }

    /// Ends it at the next safe place.
    pub async fn cancel_job(&self, id: &str) -> Result<()> {
        self.send(Method::DELETE, &format!("/jobs/{}", piece(id)), &()).await
    }
}
