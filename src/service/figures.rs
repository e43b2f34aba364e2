//! Counts of the whole database for whoever watches the machine.

use std::time::{Duration, Instant};

use super::{Result, Service};
use crate::store::Figures;

/// At most such a part of the time is spent on counting.
const PART: u32 = 100;

/// What was counted last, when, and how long that took.
#[derive(Default)]
pub(super) struct Kept(tokio::sync::Mutex<Option<(Instant, Duration, Figures)>>);

impl Service {
    /// Counts of the machine. Where counting takes long those of a while ago are told: one part in a hundred of the time goes
    /// into it however often somebody asks.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn figures(&self) -> Result<Figures> {
        let mut kept = self.inner.figures.0.lock().await;
        if let Some((at, took, figures)) = &*kept
            && at.elapsed() < *took * PART
        {
            return Ok(figures.clone());
        }
        let begin = Instant::now();
        let figures = self.store().figures().await?;
        *kept = Some((Instant::now(), begin.elapsed(), figures.clone()));
        Ok(figures)
    }
}
