//! The company's settings, and who one is here.

use super::{Result, Service, ServiceError, audit::record, limits};
use crate::domain::{
    actor::{Actor, Permission},
    directory::Company,
};

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
