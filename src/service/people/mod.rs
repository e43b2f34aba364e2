//! Who comes in: sockets, sessions, tokens; accounts and roles.

mod again;
mod door;
mod hashing;
mod maker;
pub(super) mod oidc;
mod passphrase;
mod password;
mod refusals;
mod roles;
pub(super) mod secret;
mod sessions;
mod signing_in;
mod throttle;
mod tokens;
mod users;

#[cfg(test)]
mod tests;

pub(super) use door::Door;
