//! Who comes in: sockets, sessions, tokens; accounts and roles.

mod door;
mod password;
mod roles;
mod secret;
mod sessions;
mod signing_in;
mod throttle;
mod tokens;
mod users;

#[cfg(test)]
mod tests;

pub(super) use door::Door;
