//! Adaptors that turn a telephone exchange's records into domain types.

pub mod asterisk;
