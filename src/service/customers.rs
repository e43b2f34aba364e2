//! Customers: names behind outside numbers.

use std::collections::HashSet;

use super::{Result, Service, ServiceError, audit::record, limits, masking, rights::known};
use crate::domain::{
    actor::{Actor, Permission},
    clean,
    directory::Customer,
    query::Filter,
};

/// Numbers of one customer.
const NUMBERS: usize = 1_000;

impl Service {
    /// # Errors
    /// Without the right `see`.
    pub async fn customers(&self, actor: &Actor) -> Result<Vec<Customer>> {
        self.may_see(actor).await?;
        let customers = self.store().customers().await?;
        Ok(masked(actor, self.met(actor, customers).await?))
    }

    /// Those whose name has the text in it, at most `limit`: what completion offers.
    ///
    /// # Errors
    /// Without the right `see`.
    pub async fn customers_like(&self, actor: &Actor, text: &str, limit: usize) -> Result<Vec<Customer>> {
        self.may_see(actor).await?;
        if masking::masks(actor) {
            // A caller without a name is often given their number as one: who may not see it does not find it either.
            let wanted = clean::fold(text);
            let mut customers = self.customers(actor).await?;
            customers.retain(|customer| clean::fold(&customer.name).contains(&wanted));
            customers.truncate(limit);
            return Ok(customers);
        }
        // Of those who are met only, some are left out afterwards.
        let asked = if known(actor).is_company() { limit } else { usize::MAX };
        let mut customers = self.store().customers_like(text.to_owned(), asked).await?;
        customers = self.met(actor, customers).await?;
        customers.truncate(limit);
        Ok(masked(actor, customers))
    }

    /// Customers with calls that the actor sees; all for who sees the whole company, or changes the directory.
    async fn met(&self, actor: &Actor, mut customers: Vec<Customer>) -> Result<Vec<Customer>> {
        if !known(actor).is_company() {
            let by = vec!["customer".to_owned()];
            let counts = self.store().facets(actor.scope(Permission::See), Filter::All, by).await?;
            let met: HashSet<String> =
                counts.into_iter().flat_map(|(_, counts)| counts).filter_map(|count| count.value).collect();
            customers.retain(|customer| met.contains(&customer.name));
        }
        Ok(customers)
    }

    /// Makes a customer (empty id) or changes one.
    ///
    /// # Errors
    /// Without the right, and for names or numbers that are empty, too long or too many.
    pub async fn put_customer(&self, actor: &Actor, customer: Customer) -> Result<Customer> {
        let object = (!customer.id.is_empty()).then(|| customer.id.clone());
        self.require(actor, Permission::Directory, "customer.set", "change customers", object.as_deref()).await?;
        if customer.numbers.len() > NUMBERS {
            return Err(ServiceError::TooLarge(format!("a customer has at most {NUMBERS} numbers")));
        }
        if !customer.numbers.is_empty() {
            // A name given to a number tells, at the calls that then show it, which number it is.
            let what = "give numbers to customers";
            self.require(actor, Permission::RevealNumber, "customer.set", what, object.as_deref()).await?;
        }
        let mut numbers = Vec::with_capacity(customer.numbers.len());
        for number in &customer.numbers {
            numbers.push(limits::name("a number", number)?);
        }
        let customer = Customer {
            name: limits::name("the customer's name", &customer.name)?,
            remark: limits::remark("the remark", customer.remark.as_deref())?,
            id: customer.id,
            numbers,
        };
        let mut audit = record(actor, "customer.set");
        audit.object = object.as_deref().map(limits::short);
        audit.foreign = Some(customer.name.clone());
        Ok(self.store().put_customer(customer, audit).await?)
    }

    /// # Errors
    /// Without the right, and for unknown customers.
    pub async fn remove_customer(&self, actor: &Actor, id: &str) -> Result<()> {
        self.require(actor, Permission::Directory, "customer.remove", "remove customers", Some(id)).await?;
        let mut audit = record(actor, "customer.remove");
        audit.object = Some(limits::short(id));
        Ok(self.store().remove_customer(id.to_owned(), audit).await?)
    }
}

fn masked(actor: &Actor, mut customers: Vec<Customer>) -> Vec<Customer> {
    if masking::masks(actor) {
        for customer in &mut customers {
            customer.name = masking::within(&customer.name);
            for number in &mut customer.numbers {
                *number = masking::text(number);
            }
        }
    }
    customers
}
