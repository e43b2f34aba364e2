-- Where somebody came from, and by which session, token or share: rows that have one are hashed as audit-v2 (store/audit.rs).
ALTER TABLE audit_log ADD COLUMN address TEXT;
ALTER TABLE audit_log ADD COLUMN session TEXT;
CREATE INDEX audit_who ON audit_log(who, seq);
CREATE INDEX audit_object ON audit_log(object, seq) WHERE object IS NOT NULL;
-- Signed statements of how far the chain was, and with which hash.
CREATE TABLE audit_checkpoint(
  seq INTEGER PRIMARY KEY,                               -- of the last row that it covers
  at_us INTEGER NOT NULL, hash BLOB NOT NULL, previous BLOB NOT NULL, key_id TEXT NOT NULL, signature BLOB NOT NULL) STRICT;
CREATE TRIGGER audit_checkpoint_update BEFORE UPDATE ON audit_checkpoint BEGIN SELECT RAISE(ABORT, 'checkpoints cannot be changed'); END;
CREATE TRIGGER audit_checkpoint_delete BEFORE DELETE ON audit_checkpoint BEGIN SELECT RAISE(ABORT, 'checkpoints cannot be removed'); END;
