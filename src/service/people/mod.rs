//! Who comes in: sockets, sessions, tokens.

mod signing_in;
