//! Asterisk: call records (`cdr_custom` JSON, `Master.csv`), channel events (`cel_custom` JSON), `queue_log`, recordings.
//!
//! Lines become [`record::Record`]s ([`read`]), records of one call are gathered by [`group`], and [`fold`] makes a call
//! of them. Nothing here is keyed to the names of one exchange: [`settings`] say what is ours, and what they leave open
//! is told from each call's own records. [`guess`] proposes settings from what was read.

pub mod channel;
pub mod codec;
pub mod fold;
pub mod group;
pub mod guess;
pub mod read;
pub mod record;
pub mod recording_name;
pub mod settings;
