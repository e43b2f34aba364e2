//! `callreel customer import`: rows of a file into customers; the same file twice adds nothing.

use std::{collections::HashMap, path::Path};

use super::{
    super::{Context, ExitStatus, Failure, Outcome},
    read::{self, Reject},
};
use crate::{
    client::{Client, ClientError},
    domain::{clean, number::NumberPlan},
    wire::Customer,
};

/// More than any list of customers; a file beyond it is something else.
const LARGEST: u64 = 256 << 20;

pub(super) async fn run(file: &Path, client: &Client, context: &Context) -> Outcome {
    let failed = |why: std::io::Error| {
        let message = format!("{} cannot be read: {why}", file.display());
        if why.kind() == std::io::ErrorKind::NotFound { Failure::not_found(message) } else { Failure::failed(message) }
    };
    if std::fs::metadata(file).map_err(failed)?.len() > LARGEST {
        return Err(Failure::failed(format!("{} is larger than 256 MB: not a list of customers", file.display())));
    }
    let (rows, mut rejects) = read::rows(&std::fs::read(file).map_err(failed)?);
    let plan = NumberPlan::from(&client.who_am_i().await?.company);
    let mut known: HashMap<String, Customer> =
        client.customers().await?.into_iter().map(|customer| (clean::fold(&customer.name), customer)).collect();
    let bar = context.progress("customers", Some(rows.len() as u64));
    let (mut added, mut changed, mut unchanged) = (0_u64, 0_u64, 0_u64);
    for row in rows {
        bar.inc(1);
        let key = clean::fold(&row.name);
        let before = known.get(&key).cloned();
        let mut customer = before.clone().unwrap_or_else(|| Customer { name: row.name, ..Customer::default() });
        for number in row.numbers {
            let number = plan.canonical(&number);
            if !customer.numbers.contains(&number) {
                customer.numbers.push(number);
            }
        }
        customer.remark = row.remark.or(customer.remark);
        if before.as_ref() == Some(&customer) {
            unchanged += 1;
            continue;
        }
        match client.put_customer(&customer).await {
            Ok(saved) => {
                if before.is_some() {
                    changed += 1;
                } else {
                    added += 1;
                }
                known.insert(key, saved);
            }
            // The row is at fault, not the place.
            Err(ClientError::Problem(problem)) if matches!(problem.status, 400 | 409 | 413 | 422) => {
                rejects.push(Reject { line: row.line, why: problem.detail });
            }
            Err(error) => {
                bar.finish_and_clear();
                return Err(error.into());
            }
        }
    }
    bar.finish_and_clear();
    rejects.sort_by_key(|reject| reject.line);
    for reject in &rejects {
        context.warn(&format!("{}:{}: {}", file.display(), reject.line, clean::line(&reject.why, 300)));
    }
    context
        .say(&format!("{added} customers added, {changed} changed, {unchanged} known already, {} lines not used", rejects.len()));
    Ok(match (rejects.is_empty(), added + changed + unchanged) {
        (true, _) => ExitStatus::Done,
        (false, 0) => ExitStatus::Failed,
        (false, _) => ExitStatus::Partly,
    })
}
