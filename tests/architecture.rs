//! Who may import whom; see docs/architecture.md.
