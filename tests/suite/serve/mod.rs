//! The server: doors, sign-in, limits, the lock, the end.

mod backup;
mod canary;
mod cut;
mod cut_off;
#[expect(clippy::print_stderr, reason = "loops tell what they found")]
mod hostile;
mod importing;
mod keys;
mod lines;
mod oidc;
mod program;
mod server;
mod sharing;
mod signing_in;
mod strangers;
mod systemd;
