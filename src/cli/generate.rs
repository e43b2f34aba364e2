//! `callreel generate`: years of made-up calls in an empty database, for measuring.

use jiff::civil::Date;

use super::{Context, ExitStatus, Failure, Outcome};
use crate::host::{
    HostErrorKind,
    company::{CompanyError, generate},
};

/// Fill an empty database with three years of made-up calls, for measuring
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How many calls
    #[arg(long, value_name = "N")]
    calls: u64,
    /// The same seed gives the same data
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// The three years end where this day begins
    #[arg(long, value_name = "DATE", default_value = "2026-11-01")]
    until: Date,
    /// So many calls get a recording with real bytes
    #[arg(long, value_name = "N", default_value_t = 0)]
    recordings: u64,
    /// So many more get a recording's row without bytes [default: 41 % of the calls have a recording]
    #[arg(long, value_name = "M")]
    rows_only: Option<u64>,
}

/// Makes the calls.
///
/// # Errors
/// For a server, a database that has calls, more recordings than calls, or what the disk says.
pub async fn run(args: Args, context: &Context) -> Outcome {
    let path = context.database("generate")?;
    let order = generate::Order {
        calls: args.calls,
        seed: args.seed,
        until: args.until,
        recordings: args.recordings,
        rows_only: args.rows_only,
    };
    let bar = context.progress("calls", Some(args.calls));
    let shown = path.display().to_string();
    let made = generate::generate(context.request(path), order, &|done| bar.set_position(done)).await;
    bar.finish_and_clear();
    let made = made.map_err(|error| failure(&error))?;
    context.say(&format!(
        "{shown} has {} made-up calls of {} extensions and {} customers (seed {})",
        made.calls, made.extensions, made.customers, args.seed
    ));
    Ok(ExitStatus::Done)
}

/// The exit status follows the kind of refusal.
pub fn failure(error: &CompanyError) -> Failure {
    let status = match error {
        CompanyError::Host(host) => match host.kind {
            HostErrorKind::NotAllowed => ExitStatus::NotAllowed,
            HostErrorKind::Missing => ExitStatus::NotFound,
            _ => ExitStatus::Failed,
        },
        CompanyError::Usage(_) => ExitStatus::Usage,
        CompanyError::Refused(_) | CompanyError::Store(_) | CompanyError::Vault(_) => ExitStatus::Failed,
    };
    Failure::new(status, error.to_string())
}
