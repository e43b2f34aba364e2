-- Long work, so that it survives a restart (domain/job.rs).
CREATE TABLE job(
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, state INTEGER NOT NULL, who TEXT NOT NULL, created_us INTEGER NOT NULL,
  started_us INTEGER, ended_us INTEGER, done INTEGER NOT NULL, total INTEGER, detail TEXT, result TEXT,
  orders TEXT NOT NULL, cancelled INTEGER NOT NULL DEFAULT 0) STRICT;                          -- what it was asked to do, JSON by kind
-- Listeners are told which calls are new.
ALTER TABLE change ADD COLUMN is_new INTEGER NOT NULL DEFAULT 0;
DROP TRIGGER IF EXISTS call_inserted; -- is made anew when the database is opened (migrations.rs)
