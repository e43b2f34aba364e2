//! `callreel customer`: names behind outside numbers.

mod import;
mod read;

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand};

use super::{Context, ExitStatus, Failure, Outcome};
use crate::{client::Client, wire::Customer};

/// List, show, add, change, remove or import customers
#[derive(Debug, ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// List all customers
    List,
    /// Show one customer
    Show {
        /// Name, id or number
        #[arg(value_name = "CUSTOMER")]
        customer: String,
    },
    /// Add a customer
    Add {
        #[arg(value_name = "NAME")]
        name: String,
        /// Number of the customer; may be repeated
        #[arg(long = "number", value_name = "NUMBER", required = true)]
        numbers: Vec<String>,
        #[arg(long, value_name = "TEXT")]
        remark: Option<String>,
    },
    /// Change a customer
    Set {
        /// Name, id or number
        #[arg(value_name = "CUSTOMER")]
        customer: String,
        #[arg(long)]
        name: Option<String>,
        /// All numbers of the customer; may be repeated
        #[arg(long = "number", value_name = "NUMBER")]
        numbers: Vec<String>,
        /// Empty: none
        #[arg(long, value_name = "TEXT")]
        remark: Option<String>,
    },
    /// Remove a customer; calls stay
    Remove {
        /// Name, id or number
        #[arg(value_name = "CUSTOMER")]
        customer: String,
    },
    /// Import a CSV file with a column for the name and one or more for numbers
    #[command(
        after_help = "The header names the columns: name (customer, company …), number (phone, mobile …), remark. Without one \
the first column is the name and the others are numbers. One cell may hold several numbers parted by ; or |. Importing again adds \
nothing. Lines that cannot be used are told on stderr, and end with exit status 5."
    )]
    Import {
        #[arg(value_name = "FILE.csv")]
        file: PathBuf,
    },
}

/// # Errors
/// For unknown customers, and for files that cannot be read.
pub async fn run(args: Args, context: &Context) -> Outcome {
    let makes = matches!(args.act, Act::Add { .. } | Act::Import { .. });
    let client = if makes { context.client_making().await? } else { context.client().await? };
    match args.act {
        Act::List => context.show_list(&client.customers().await?, &["id", "name", "numbers", "remark"])?,
        Act::Show { customer } => context.show_value(&known(&client, &customer).await?)?,
        Act::Add { name, numbers, remark } => {
            let customer = Customer { id: String::new(), name, numbers, remark: remark.filter(|text| !text.is_empty()) };
            context.show_value(&client.put_customer(&customer).await?)?;
        }
        Act::Set { customer, name, numbers, remark } => {
            let before = known(&client, &customer).await?;
            let customer = Customer {
                name: name.unwrap_or(before.name),
                numbers: if numbers.is_empty() { before.numbers } else { numbers },
                remark: remark.map_or(before.remark, |text| Some(text).filter(|text| !text.is_empty())),
                id: before.id,
            };
            context.show_value(&client.put_customer(&customer).await?)?;
        }
        Act::Remove { customer } => {
            let id = known(&client, &customer).await?.id;
            client.remove_customer(&id).await?;
        }
        Act::Import { file } => return import::run(&file, &client, context).await,
    }
    Ok(ExitStatus::Done)
}

/// By id, number, or a name that only one has.
async fn known(client: &Client, text: &str) -> Result<Customer, Failure> {
    let mut found: Vec<Customer> = client
        .customers()
        .await?
        .into_iter()
        .filter(|customer| customer.id == text || customer.name == text || customer.numbers.iter().any(|number| number == text))
        .collect();
    match (found.len(), found.pop()) {
        (1, Some(customer)) => Ok(customer),
        (0, _) => Err(Failure::not_found(format!("no customer \"{text}\"; `callreel customer list` shows all"))),
        (count, _) => Err(Failure::usage(format!("{count} customers are \"{text}\"; name one by its id"))),
    }
}
