//! `callreel ear` over a real sshd on this machine: sound that leaves through a forwarded socket and comes out at a null sink.
//! Without sshd, ssh or PulseAudio these tests say so and pass; `.ci/run` installs them.

mod far;
mod hostile;
mod listening;
pub mod relay;
