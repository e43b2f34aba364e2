//! callreel: where a company's telephone recordings and call history live.
//!
//! One package, several faces. Everything a person or a script can do goes through one HTTP API, and what is
//! allowed is decided behind that API and nowhere else:
//!
//! ```text
//!  PBX ──files──► pbx ──┐                            ┌─► store   SQLite
//!                       ▼                            │
//!  console ─┐      ┌─ service ─ rights, audit ───────┼─► vault   bytes of recordings
//!  cli ─────┼─ client ═ API ═► server                └─► sound   formats, peaks
//!           │  (network or in process)
//!           domain: plain types and rules, no I/O        host: opens a database and builds all of this
//! ```
//!
//! * [`domain`] plain types and rules; pure and total.
//! * [`wire`] bodies of the API, shared by server and client.
//! * [`store`] SQL lives here only. [`vault`] bytes. [`sound`] formats; knows no device.
//! * [`pbx`] turns a telephone exchange's records into domain types.
//! * [`service`] use cases: check the right, write the audit row, act. [`jobs`] long work.
//! * [`server`] router and thin handlers. [`client`] one method per operation, two transports.
//! * [`listening`] a recording as a sound that plays while it comes, and the cache of those that came.
//! * [`archive`] the file of a backup, sealed by its hash.
//! * [`takeout`] calls and recordings as files, for console and command line.
//! * [`host`] opens a database, takes its locks and assembles the rooms above.
//! * [`face`] hands the console to the command line. [`playback`] player thread and outputs. [`console`] the full-screen program. [`cli`] one file per command.
//!
//! Who may import whom stands in `docs/architecture.md` and is enforced by `tests/architecture.rs`.

pub mod archive;
pub mod cli;
pub mod client;
pub mod config;
pub mod console;
pub mod domain;
pub mod face;
pub mod host;
pub mod jobs;
pub mod listening;
pub mod pbx;
pub mod playback;
pub mod server;
pub mod service;
pub mod sound;
pub mod store;
pub mod takeout;
pub mod vault;
pub mod wire;
