-- Where somebody came from, and by which session, token or share: rows that have one are hashed as audit-v2 (store/audit/chain.rs).
ALTER TABLE audit_log ADD COLUMN address TEXT;
ALTER TABLE audit_log ADD COLUMN session TEXT;
-- What `who:`, `did:`, `object:`, `session:`, dates and refusals are found by (store/audit/find.rs).
CREATE INDEX audit_who ON audit_log(who, seq);
CREATE INDEX audit_did ON audit_log(did, seq);
CREATE INDEX audit_at ON audit_log(at_us);
CREATE INDEX audit_object ON audit_log(object COLLATE NOCASE, seq) WHERE object IS NOT NULL;
CREATE INDEX audit_session ON audit_log(session COLLATE NOCASE, seq) WHERE session IS NOT NULL;
CREATE INDEX audit_undone ON audit_log(outcome, seq) WHERE outcome<>'done';
-- Signed statements of how far the chain was, and with which hash.
CREATE TABLE audit_checkpoint(
  seq INTEGER PRIMARY KEY,                               -- of the last row that it covers
  at_us INTEGER NOT NULL, hash BLOB NOT NULL, previous BLOB NOT NULL, key_id TEXT NOT NULL, signature BLOB NOT NULL) STRICT;
CREATE TRIGGER audit_checkpoint_update BEFORE UPDATE ON audit_checkpoint BEGIN SELECT RAISE(ABORT, 'checkpoints cannot be changed'); END;
CREATE TRIGGER audit_checkpoint_delete BEFORE DELETE ON audit_checkpoint BEGIN SELECT RAISE(ABORT, 'checkpoints cannot be removed'); END;
