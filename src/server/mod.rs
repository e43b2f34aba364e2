//! Router, state, errors and thin handlers: extract, call the service, map to wire.
