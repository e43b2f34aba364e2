//! Accounts, roles, tokens, sessions and shares: what is read of them, what is changed, and how it is asked for.

use super::message::Written;
use crate::{
    client::{Client, ClientError},
    wire::access::{Role, Session, Share, ShareDraft, Token, TokenDraft, User, UserDraft},
};

/// Who may come in, as one moment has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct People {
    pub users: Vec<User>,
    pub roles: Vec<Role>,
    pub tokens: Vec<Token>,
    pub sessions: Vec<Session>,
    pub shares: Vec<Share>,
    /// Names of projects.
    pub projects: Vec<String>,
    /// One sees only oneself.
    pub alone: bool,
}

/// A text that is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Hidden(pub String);

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hidden")
    }
}

/// One change.
#[derive(Clone, Debug, PartialEq)]
pub enum AccessWrite {
    /// Without a version it is made, and must not be there yet.
    PutUser {
        name: String,
        draft: UserDraft,
        version: Option<i64>,
    },
    RemoveUser(String),
    /// Without a password one is made, and told once.
    SetPassword {
        name: String,
        password: Option<Hidden>,
    },
    PutRole(Role),
    RemoveRole(String),
    MakeToken(TokenDraft),
    RevokeToken {
        id: String,
        name: String,
    },
    EndSession {
        id: String,
        user: String,
    },
    MakeShare(ShareDraft),
    RevokeShare {
        id: String,
        title: String,
    },
}

/// What is told once and never again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    Token {
        name: String,
        secret: Hidden,
    },
    Password {
        name: String,
        secret: Hidden,
    },
    /// The path on the server.
    Share {
        path: Hidden,
    },
}

/// Reads everything that one may know.
pub(super) async fn read(client: &Client, only: Option<String>) -> Result<People, ClientError> {
    let users = match &only {
        None => client.users().await?,
        Some(name) => match client.user(name).await {
            Ok(user) => vec![user],
            // Whoever came by the file or as the owner has no account.
            Err(error) if error.problem().is_some_and(|problem| matches!(problem.status, 403 | 404)) => Vec::new(),
            Err(error) => return Err(error),
        },
    };
    let roles = match client.roles().await {
        Err(error) if error.problem().is_some_and(|problem| problem.status == 403) => Vec::new(),
        roles => roles?,
    };
    let (tokens, sessions) = (client.tokens().await?, client.sessions().await?);
    let mut shares = match client.shares().await {
        Err(error) if error.problem().is_some_and(|problem| matches!(problem.status, 403 | 404)) => Vec::new(),
        shares => shares?,
    };
    shares.sort_by_key(|share| std::cmp::Reverse(share.created));
    let projects = client.projects().await.unwrap_or_default().into_iter().map(|project| project.name).collect();
    Ok(People { users, roles, tokens, sessions, shares, projects, alone: only.is_some() })
}

/// Does it.
pub(super) async fn perform(client: &Client, write: &AccessWrite) -> Result<Written, ClientError> {
    match write {
        AccessWrite::PutUser { name, draft, version } => {
            // A version that no account has yet: who is there already is not overwritten.
            client.put_user(name, draft, Some(version.unwrap_or(0))).await?;
        }
        AccessWrite::RemoveUser(name) => client.remove_user(name).await?,
        AccessWrite::SetPassword { name, password: Some(password) } => client.set_password(name, Some(&password.0), None).await?,
        AccessWrite::SetPassword { name, password: None } => {
            let secret = Hidden(fresh_password()?);
            client.set_password(name, Some(&secret.0), None).await?;
            return Ok(Written::Told(Box::new(Told::Password { name: name.clone(), secret })));
        }
        AccessWrite::PutRole(role) => client.put_role(role).await?,
        AccessWrite::RemoveRole(name) => client.remove_role(name).await?,
        AccessWrite::MakeToken(draft) => {
            let made = client.make_token(draft).await?;
            let told = Told::Token { name: made.facts.name, secret: Hidden(made.token) };
            return Ok(Written::Told(Box::new(told)));
        }
        AccessWrite::RevokeToken { id, .. } => client.revoke_token(id).await?,
        AccessWrite::EndSession { id, .. } => client.end_session(id).await?,
        AccessWrite::RevokeShare { id, .. } => client.revoke_share(id).await?,
        AccessWrite::MakeShare(draft) => {
            let made = client.make_share(draft).await?;
            return Ok(Written::Told(Box::new(Told::Share { path: Hidden(made.path) })));
        }
    }
    Ok(Written::Done)
}

/// Letters and digits that are not taken for each other, in groups: 125 random bits.
fn fresh_password() -> Result<String, ClientError> {
    const SIGNS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz234567892";
    let mut bytes = [0_u8; 25];
    getrandom::fill(&mut bytes)
        .map_err(|error| ClientError::Answer(format!("the system gives no random numbers for a password: {error}")))?;
    let group = |group: &[u8]| group.iter().map(|byte| char::from(SIGNS[usize::from(byte % 32)])).collect::<String>();
    Ok(bytes.chunks(5).map(group).collect::<Vec<_>>().join("-"))
}
