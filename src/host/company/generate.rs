//! `generate`: years of calls for measuring.

use jiff::{Span, civil::Date, tz::TimeZone};
use sha2::{Digest, Sha256};

use super::{
    Company, Shape, ZONE,
    fill::{self, CompanyError, Sounds},
    recorded::Draw,
    remarks,
};
use crate::{host::OpenRequest, store::StoreError};

/// How far back the calls reach.
const YEARS: i32 = 3;

/// What `generate` is to make.
#[derive(Clone, Debug)]
pub struct Order {
    pub calls: u64,
    pub seed: u64,
    /// No call starts on this day of the company's zone or later.
    pub until: Date,
    /// So many calls get sound of their own.
    pub recordings: u64,
    /// So many more get rows without bytes; none: so many that 41 % of the calls have a recording.
    pub rows_only: Option<u64>,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    pub calls: u64,
    pub extensions: usize,
    pub customers: u64,
}

/// Fills a database that has no calls; makes it if it does not exist. `progress` hears how many calls are in.
///
/// # Errors
/// [`CompanyError::Refused`] for a database with calls, [`CompanyError::Usage`] for more recordings than calls or years before 2000; else what the
/// database or the folder of recordings says.
pub async fn generate(
    request: OpenRequest,
    order: Order,
    progress: &(dyn Fn(u64) + Send + Sync),
) -> Result<Summary, CompanyError> {
    let company = company(&order)?;
    let too_many = || {
        CompanyError::Usage(format!(
            "{} recordings are more than {} calls; ask for fewer with --recordings or --rows-only",
            order.recordings.saturating_add(order.rows_only.unwrap_or(0)),
            order.calls
        ))
    };
    let draw = Draw::new(&company, order.recordings, order.rows_only).ok_or_else(too_many)?;
    let database = request.path.clone();
    let (host, _) = fill::open(request.clone(), "generate").await?;
    if host.store().newest_key().await?.is_some() {
        return Err(CompanyError::Refused(format!(
            "{} has calls already, and made-up ones must not mix with them; name a new file with --db",
            database.display()
        )));
    }
    match host.store().replace_id_secret(secret(order.seed)).await {
        // Customers were put in before: their ids stay, those of the calls are then this database's own.
        Ok(()) | Err(StoreError::Conflict(_)) => {}
        Err(error) => return Err(error.into()),
    }
    host.close().await?;
    let (host, vault) = fill::open(request, "generate").await?;
    let (store, actor) = (host.store(), host.actor());
    let settings = fill::record(actor, "company.set", None, Some("generate".to_owned()));
    store.set_company(Company::settings(), settings).await?;
    fill::directory(store, &company, actor).await?;
    let recent = fill::calls(store, &company, Some(Sounds { draw, vault }), progress).await?;
    store.finish_bulk().await?;
    fill::remarks(store, remarks::remarks(&company, &recent), actor).await?;
    let detail = format!("{} calls, seed {}, until {}", order.calls, order.seed, order.until);
    store.append_audit(fill::record(actor, "generate.run", None, Some(detail))).await?;
    store.complete_columns().await?;
    host.close().await?;
    Ok(Summary { calls: order.calls, extensions: company.staff().seats.len(), customers: company.named() })
}

/// Public ids hang on the seed too, so that the same seed gives the same text everywhere.
fn secret(seed: u64) -> [u8; 32] {
    Sha256::digest(format!("callreel generate {seed}")).into()
}

fn company(order: &Order) -> Result<Company, CompanyError> {
    let refused = |why: String| CompanyError::Usage(why);
    let zone = TimeZone::get(ZONE).map_err(|why| refused(format!("the zone {ZONE} is not known here: {why}")))?;
    let instant = |date: Date| {
        date.to_zoned(zone.clone()).map(|at| at.timestamp()).map_err(|why| refused(format!("{date} is no day to end on: {why}")))
    };
    let since = order.until.checked_sub(Span::new().years(YEARS)).map_err(|why| refused(why.to_string()))?;
    if since.year() < 2000 {
        let earliest = 2000 + YEARS;
        return Err(refused(format!(
            "{YEARS} years up to {} begin before 2000; use --until {earliest}-01-01 or later",
            order.until
        )));
    }
    Ok(Company::new(Shape {
        calls: order.calls,
        seed: order.seed,
        since: instant(since)?,
        until: instant(order.until)?,
        zone,
        alive: false,
        lean: true,
    }))
}
