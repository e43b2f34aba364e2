//! Opens a database, takes its locks, and assembles store, vault, service, jobs and router.
