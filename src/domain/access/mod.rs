//! People, roles, grants, tokens, sessions and shares: who may come in, and for what.

mod device;
mod people;
mod role;
mod rules;
mod share;
mod sign_in;
mod user;

#[cfg(test)]
mod tests;

pub use device::{DeviceSignIn, OidcSettings};
pub use people::{People, reach, roles_with};
pub use role::{BUILT_IN, BuiltIn, Role};
pub use rules::Refusal;
pub use share::{MadeShare, Share, ShareDraft, ShareItem, SharedThing};
pub use sign_in::{Credentials, MadeToken, NewSession, Session, Token, TokenDraft};
pub use user::{Grant, Over, User, UserDraft};
