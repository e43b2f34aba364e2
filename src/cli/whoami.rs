//! `callreel whoami`: as whom one works here, and where that is.

use serde_json::{Value, json};

use super::{Context, ExitStatus, Format, Outcome};
use crate::wire::WhoAmI;

/// Say as whom you work, on which place, and what you may do there
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Asks the place.
///
/// # Errors
/// When nobody is signed in there, or it cannot be reached.
pub async fn run(_: Args, context: &Context) -> Outcome {
    let me = context.client().await?.who_am_i().await?;
    if context.format == Format::Table {
        context.show_value(&for_people(&me))?;
    } else {
        context.show_value(&me)?;
    }
    Ok(ExitStatus::Done)
}

/// One line a fact.
fn for_people(me: &WhoAmI) -> Value {
    let company = &me.company;
    let code = company.country_code.as_ref().map(|code| format!("+{code}"));
    let company: Vec<&str> =
        [Some(company.zone.as_str()), code.as_deref(), company.currency.as_deref()].into_iter().flatten().collect();
    json!({
        "name": me.name,
        "role": me.role,
        "sees": if me.sees.is_empty() { "no calls".to_owned() } else { me.sees.join(", ") },
        "permissions": me.permissions.iter().map(|permission| permission.word()).collect::<Vec<_>>().join(" "),
        "signed_in": me.signed_in,
        "until": me.until.map_or_else(|| "never ends".to_owned(), |until| until.to_string()),
        "place": me.place,
        "read_only": me.read_only,
        "company": company.join(", "),
    })
}
