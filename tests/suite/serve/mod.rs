//! The server: doors, sign-in, limits, the lock, the end.

mod canary;
mod importing;
mod lines;
mod program;
mod server;
mod signing_in;
