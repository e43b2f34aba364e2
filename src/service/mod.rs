//! Use cases: check the right, write the audit row, act. The only door to store and vault.
