//! The server: doors, sign-in, limits, the lock, the end.

mod importing;
mod lines;
mod program;
mod server;
mod signing_in;
