//! Everything of one number, or of the customer behind it.

use super::{Result, Service, ServiceError, limits};
use crate::domain::{
    actor::{Actor, Permission},
    party::NumberPage,
    query::whole_number,
};

impl Service {
    /// What there was with a number in any form, or with all numbers of the customer who has it.
    ///
    /// # Errors
    /// Without the right to see numbers; [`ServiceError::NotFound`] if neither a call nor a customer has it.
    pub async fn number(&self, actor: &Actor, number: &str) -> Result<NumberPage> {
        self.may_see(actor).await?;
        self.require(actor, Permission::RevealNumber, "number.read", "look up numbers", Some(number)).await?;
        if number.trim().is_empty() {
            return Err(ServiceError::Invalid("the number is empty".to_owned()));
        }
        let mut forms = whole_number(&limits::name("the number", number)?, &self.query_context(actor).await?);
        // The international form is the likeliest to be known.
        forms.sort_by_key(|form| !form.starts_with('+'));
        Ok(self.store().number(actor.reach(Permission::RevealNumber), forms).await?)
    }
}
