//! The company's settings, who one is here, and whether anything changed.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::{Result, Service, ServiceError, audit::record, limits};
use crate::domain::{
    actor::{Actor, Permission, Scope},
    directory::Company,
    list::Count,
    query::Filter,
};

/// A revision's count is `at least` beyond this.
const COUNT_AT_MOST: u64 = 10_000;

/// How long one question for news waits, and how long after a write it looks again.
const NEWS_WAIT: Duration = Duration::from_secs(30);
const NEWS_PAUSE: Duration = Duration::from_millis(100);

/// The last count of all calls, so that asking for the revision every second costs nothing while nothing changes.
#[derive(Default)]
pub(super) struct Counted(Mutex<Option<(String, Scope, Count)>>);

/// Who one is, and where.
#[derive(Clone, Debug)]
pub struct Me {
    pub actor: Actor,
    pub company: Company,
    pub place: String,
    pub read_only: bool,
    /// When one must sign in again at the latest.
    pub until: Option<jiff::Timestamp>,
    /// `file`, `socket`, `session` or `token`.
    pub signed_in: &'static str,
}

/// What changes with every commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revised {
    pub revision: String,
    pub calls: Count,
    /// Calls done and calls in all, while the column index is made.
    pub indexing: Option<(u64, u64)>,
}

impl Service {
    /// # Errors
    /// When the database cannot be read.
    pub async fn who_am_i(&self, actor: &Actor) -> Result<Me> {
        let company = self.store().company().await?;
        Ok(Me {
            actor: actor.clone(),
            company,
            place: self.place().to_owned(),
            read_only: self.read_only().is_some(),
            until: self.until(actor).await?,
            signed_in: self.signed_in(actor),
        })
    }

    /// # Errors
    /// When the database cannot be read.
    pub async fn revision(&self, actor: &Actor) -> Result<Revised> {
        self.may_see(actor).await?;
        let revision = self.store().revision().await?;
        let indexing = self.store().columns_progress();
        let known = self.inner.counted.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, _, calls)) =
            known.filter(|(known, scope, _)| *known == revision && *scope == actor.scope(Permission::See))
        {
            return Ok(Revised { revision, calls, indexing });
        }
        let calls = self.store().count(actor.scope(Permission::See), Filter::All, Some(COUNT_AT_MOST)).await?;
        *self.inner.counted.0.lock().unwrap_or_else(PoisonError::into_inner) =
            Some((revision.clone(), actor.scope(Permission::See), calls));
        Ok(Revised { revision, calls, indexing })
    }

    /// How many calls there are in all, for counters of the machine; none: that would take long, or cannot be told now.
    pub async fn calls_there(&self) -> Option<u64> {
        // The column index knows it; without one each call is looked at.
        let at_most = (!self.store().has_columns().await.ok()?).then_some(COUNT_AT_MOST);
        let counted = self.store().count(Scope::Company, Filter::All, at_most).await;
        counted.ok().filter(|counted| counted.exact).map(|counted| counted.count)
    }

    /// Waits until the revision is another than `known`, for [`NEWS_WAIT`] at most; then tells it.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn revision_after(&self, actor: &Actor, known: &str) -> Result<Revised> {
        let until = Instant::now() + NEWS_WAIT;
        loop {
            let watch = self.store().watch();
            let revised = self.revision(actor).await?;
            if revised.revision != known || tokio::time::timeout_at(until.into(), watch.written()).await.is_err() {
                return Ok(revised);
            }
            // What was written may be half a commit, and there may be many a second.
            tokio::time::sleep(NEWS_PAUSE).await;
        }
    }

    /// # Errors
    /// Without the right, and for a zone or code that makes no sense.
    pub async fn set_company(&self, actor: &Actor, company: Company) -> Result<()> {
        self.require(actor, Permission::Directory, "company.set", "change the company's settings", None).await?;
        if jiff::tz::TimeZone::get(&company.zone).is_err() {
            let zone = limits::short(&company.zone);
            return Err(ServiceError::Invalid(format!("no time zone \"{zone}\"; name one like Europe/Warsaw")));
        }
        for (what, code, most) in [("country code", &company.country_code, 4), ("national prefix", &company.national_prefix, 4)] {
            let wrong = |code: &String| code.is_empty() || code.len() > most || !code.bytes().all(|byte| byte.is_ascii_digit());
            if let Some(code) = code.as_ref().filter(|code| wrong(code)) {
                return Err(ServiceError::Invalid(format!("\"{}\" is no {what}: up to {most} digits", limits::short(code))));
            }
        }
        if let Some(currency) =
            company.currency.as_ref().filter(|code| code.len() != 3 || !code.bytes().all(|b| b.is_ascii_uppercase()))
        {
            return Err(ServiceError::Invalid(format!("\"{}\" is no currency; name one like PLN", limits::short(currency))));
        }
        Ok(self.store().set_company(company, record(actor, "company.set")).await?)
    }
}
