//! `callreel user`: accounts, what they may, how they sign in.

use std::{io::IsTerminal, path::PathBuf};

use clap::{Args as ClapArgs, Subcommand};
use zeroize::Zeroizing;

use super::{
    Context, ExitStatus, Failure, Outcome,
    naming::{self, One, Several},
};
use crate::{
    client::Client,
    wire::access::{Grant, User, UserDraft},
};

/// Bytes of a password file.
const PASSWORD_FILE: u64 = 4_096;

/// List, show, add, change or remove accounts; set passwords, lock and unlock
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "A role is given over everything (auditor, auditor@*), over a project (supervisor@project:sales) or over own \
calls (agent@own).\nExamples:\n  callreel user add anna --role supervisor@project:sales --agent 'Anna Nowak' --extension 101\n  \
callreel user add ben --role administrator --login ben\n  callreel user password anna\n  callreel user lock anna"
)]
pub struct Args {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// List accounts: all for who manages them, else your own
    List,
    /// Show one account
    Show(One),
    /// Add an account; asks for a password unless it signs in by its login alone
    Add {
        #[command(flatten)]
        account: Account,
        /// Take the password from the first line of this file
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
    /// Change an account; what is not named stays as it is
    Set(Account),
    /// Set a password, or take it away; other sessions of the account end
    Password {
        #[arg(value_name = "NAME")]
        name: String,
        /// Take the password from the first line of this file
        #[arg(long, value_name = "FILE", conflicts_with = "none")]
        password_file: Option<PathBuf>,
        /// Take the old password, for your own account, from the first line of this file
        #[arg(long, value_name = "FILE")]
        old_password_file: Option<PathBuf>,
        /// No sign-in by password any more
        #[arg(long)]
        none: bool,
    },
    /// Keep somebody out; sessions and tokens end at once
    Lock(Several),
    /// Let somebody in again
    Unlock(Several),
    /// Remove an account; sessions and tokens end at once
    Remove(Several),
}

#[derive(Debug, ClapArgs)]
struct Account {
    #[arg(value_name = "NAME")]
    name: String,
    /// ROLE, ROLE@project:NAME or ROLE@own; may be repeated; empty: none
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<String>,
    /// First and last name; empty: none
    #[arg(long, value_name = "NAME")]
    full_name: Option<String>,
    /// Agent whose calls are their own; empty: none
    #[arg(long, value_name = "NAME")]
    agent: Option<String>,
    /// Extension whose calls are their own, whoever used it; may be repeated; empty: none
    #[arg(long = "extension", value_name = "EXTENSION")]
    extensions: Vec<String>,
    /// Login name on the server's machine, which signs them in by its socket; empty: none
    #[arg(long, value_name = "LOGIN")]
    login: Option<String>,
}

const COLUMNS: &[&str] = &["name", "full_name", "grants", "agent", "extensions", "login", "locked", "last_seen"];

/// # Errors
/// For unknown accounts, roles that there are not, and what one may not do.
pub async fn run(args: Args, context: &Context) -> Outcome {
    let client = context.client().await?;
    match args.act {
        Act::List => context.show_list(&rows(&client.users().await?)?, COLUMNS)?,
        Act::Show(One { name }) => {
            let user = known(&client, &name).await?;
            context.show_value(&row(&user)?)?;
        }
        Act::Add { account, password_file } => {
            let name = account.name.clone();
            // By a file it is read, and by a person typed, before anything is made.
            let password = match (&password_file, &account.login) {
                (Some(file), _) => Some(from_file(file)?),
                (None, Some(login)) if !login.is_empty() => None,
                (None, _) if std::io::stdin().is_terminal() => Some(typed_twice()?),
                (None, _) => None,
            };
            let draft = changed(UserDraft::default(), account)?;
            client.put_user(&name, &draft, Some(0)).await?;
            match (password, draft.login) {
                (Some(password), _) => {
                    if let Err(error) = client.set_password(&name, Some(&password), None).await {
                        context.say(&format!("{name} is made, without a password; `callreel user password {name}` sets one"));
                        return Err(error.into());
                    }
                }
                (None, Some(login)) => {
                    context.say(&format!("{name} signs in by the server's socket, as the login {login} of its machine"));
                }
                (None, None) => context.say(&format!("{name} has no password; `callreel user password {name}` sets one")),
            }
        }
        Act::Set(account) => {
            let before = known(&client, &account.name).await?;
            let name = account.name.clone();
            client.put_user(&name, &changed(before.draft(), account)?, Some(before.version)).await?;
        }
        Act::Password { name, password_file, old_password_file, none } => {
            let own = client.who_am_i().await?.name == name;
            let old = match &old_password_file {
                Some(file) => Some(from_file(file)?),
                None if own => Some(typed("Old password: ")?),
                None => None,
            };
            let new = match &password_file {
                _ if none => None,
                Some(file) => Some(from_file(file)?),
                None => Some(typed_twice()?),
            };
            client.set_password(&name, new.as_ref().map(|new| new.as_str()), old.as_ref().map(|old| old.as_str())).await?;
        }
        Act::Lock(Several { names }) => return lock(&client, &names, true, context).await,
        Act::Unlock(Several { names }) => return lock(&client, &names, false, context).await,
        Act::Remove(Several { names }) => {
            return super::several::each(context, &names, async |name| Ok(client.remove_user(name).await?)).await;
        }
    }
    Ok(ExitStatus::Done)
}

async fn lock(client: &Client, names: &[String], locked: bool, context: &Context) -> Outcome {
    super::several::each(context, names, async |name| {
        let user = known(client, name).await?;
        client.put_user(name, &UserDraft { locked, ..user.draft() }, Some(user.version)).await?;
        Ok(())
    })
    .await
}

/// What is named is changed; an empty text takes away.
fn changed(before: UserDraft, account: Account) -> Result<UserDraft, Failure> {
    let several = |new: Vec<String>| new.into_iter().filter(|text| !text.trim().is_empty()).collect::<Vec<String>>();
    let grants = if account.roles.is_empty() {
        before.grants
    } else {
        let grants = several(account.roles).iter().map(|text| text.parse::<Grant>()).collect::<Result<_, _>>();
        grants.map_err(Failure::usage)?
    };
    Ok(UserDraft {
        full_name: naming::changed(account.full_name, before.full_name),
        login: naming::changed(account.login, before.login),
        agent: naming::changed(account.agent, before.agent),
        extensions: if account.extensions.is_empty() { before.extensions } else { several(account.extensions) },
        grants,
        locked: before.locked,
    })
}

async fn known(client: &Client, name: &str) -> Result<User, Failure> {
    naming::the("user", name, client.users().await?, |user| &user.name)
}

/// With grants as people write them.
fn row(user: &User) -> Result<serde_json::Value, Failure> {
    let mut row =
        serde_json::to_value(user).map_err(|why| Failure::failed(format!("the account cannot be written as JSON: {why}")))?;
    row["grants"] = user.grants.iter().map(ToString::to_string).collect();
    Ok(row)
}

fn rows(users: &[User]) -> Result<Vec<serde_json::Value>, Failure> {
    users.iter().map(row).collect()
}

fn from_file(file: &std::path::Path) -> Result<Zeroizing<String>, Failure> {
    use std::io::Read;
    let unreadable = |why: std::io::Error| Failure::usage(format!("{} cannot be read: {why}", file.display()));
    let mut text = Zeroizing::new(String::new());
    std::fs::File::open(file).map_err(unreadable)?.take(PASSWORD_FILE).read_to_string(&mut text).map_err(unreadable)?;
    let line = text.lines().next().unwrap_or_default();
    if line.is_empty() {
        return Err(Failure::usage(format!("{} has no password in its first line", file.display())));
    }
    Ok(Zeroizing::new(line.to_owned()))
}

fn typed(question: &str) -> Result<Zeroizing<String>, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::usage("there is no terminal to ask for the password on; name a file with --password-file"));
    }
    let typed = rpassword::prompt_password(question);
    typed.map(Zeroizing::new).map_err(|why| Failure::failed(format!("the password could not be read: {why}")))
}

fn typed_twice() -> Result<Zeroizing<String>, Failure> {
    let (first, again) = (typed("New password: ")?, typed("The same again: ")?);
    if first == again { Ok(first) } else { Err(Failure::usage("the two passwords differ; nothing was changed")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(roles: &[&str], agent: Option<&str>) -> Account {
        Account {
            name: "anna".to_owned(),
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
            full_name: None,
            agent: agent.map(ToOwned::to_owned),
            extensions: Vec::new(),
            login: None,
        }
    }

    #[test]
    fn what_is_not_named_stays_and_empty_takes_away() {
        let first = changed(UserDraft::default(), account(&["supervisor@project:sales"], Some("Anna"))).expect("draft");
        assert_eq!((first.grants[0].to_string().as_str(), first.agent.as_deref()), ("supervisor@project:sales", Some("Anna")));
        assert_eq!(changed(first.clone(), account(&[], None)).expect("draft"), first);
        let none = changed(first, account(&[""], Some(""))).expect("draft");
        assert!(none.grants.is_empty() && none.agent.is_none());
        assert!(changed(none, account(&["supervisor@sales"], None)).is_err());
    }
}
