//! One file a noun; thin.

pub(super) mod audit;
pub(super) mod backup;
pub(super) mod calls;
pub(super) mod cases;
pub(super) mod changes;
pub(super) mod clips;
pub(super) mod collections;
pub(super) mod company;
pub(super) mod customers;
pub(super) mod events;
pub(super) mod extensions;
pub(super) mod flags;
pub(super) mod groups;
pub(super) mod health;
pub(super) mod imports;
pub(super) mod jobs;
pub(super) mod notes;
pub(super) mod numbers;
pub(super) mod projects;
pub(super) mod recordings;
pub(super) mod roles;
pub(super) mod sessions;
pub(super) mod shares;
pub(super) mod sound;
pub(super) mod tags;
pub(super) mod tokens;
pub(super) mod users;
pub(super) mod views;

use axum::Json;

use super::error::Answer;

/// A JSON answer, or why not.
type Body<T> = Answer<Json<T>>;
