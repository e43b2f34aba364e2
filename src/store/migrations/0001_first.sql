-- What this database is. `revision` grows with every commit of ours.
CREATE TABLE meta(key TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;
-- Settings of the company, one JSON value each.
CREATE TABLE setting(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- Narrow: what lists filter and sort by. id = (seconds since 2000)<<14 | milliseconds<<4 | tie; lengths in tenths of a second.
CREATE TABLE call(
  id INTEGER PRIMARY KEY,
  dir INTEGER NOT NULL, route INTEGER, outcome INTEGER NOT NULL,
  from_no INTEGER NOT NULL, to_no INTEGER NOT NULL,      -- number.id; 0 = none, withheld, unknown
  reached_no INTEGER,                                    -- NULL = the same as to_no
  ext INTEGER, extset INTEGER NOT NULL,                  -- the one shown; all that took part (0 = none)
  agent INTEGER, agentset INTEGER NOT NULL,              -- by the assignments at the start of the call
  grp INTEGER, grpset INTEGER NOT NULL,
  projset INTEGER NOT NULL, queue INTEGER,
  wait_ds INTEGER, talk_ds INTEGER, talk_most_ds INTEGER, hold_ds INTEGER, dur_ds INTEGER,
  cost INTEGER, currency INTEGER,                        -- minor units
  rec_count INTEGER NOT NULL, rec_bytes INTEGER, rec_ds INTEGER,          -- over its recordings; NULL without any
  rec_modes INTEGER NOT NULL,                            -- 1 auto, 2 on demand
  flags INTEGER NOT NULL) STRICT;                        -- see store/row.rs

-- Wide: read for the rows of one page.
CREATE TABLE call_more(
  id INTEGER PRIMARY KEY,
  first_key INTEGER,                                     -- key that the public id was made from; NULL = id
  source_ids TEXT NOT NULL,                              -- one a line, the linkedid first
  late_ms INTEGER,                                       -- id stands so much after the start, whose keys were taken
  answered_ms INTEGER, end_ms INTEGER,                   -- after the start
  legs INTEGER NOT NULL,
  detail BLOB, records BLOB) STRICT;                     -- see store/blob.rs

CREATE TABLE call_extension(ext INTEGER NOT NULL, call INTEGER NOT NULL, PRIMARY KEY(ext, call)) STRICT, WITHOUT ROWID;
-- Every linkedid and uniqueid as a number (store/source_key.rs); numbers may collide, call_more.source_ids decides.
CREATE TABLE source(key INTEGER NOT NULL, call INTEGER NOT NULL, PRIMARY KEY(key, call)) STRICT, WITHOUT ROWID;
-- First key of a call (whose public id lives on) -> where the row is now.
CREATE TABLE moved(first INTEGER PRIMARY KEY, current INTEGER NOT NULL) STRICT;
CREATE INDEX moved_current ON moved(current);
-- What a column index has not read yet.
CREATE TABLE change(seq INTEGER PRIMARY KEY, id INTEGER NOT NULL) STRICT;

-- Dictionaries. Ids are never reused, names never changed.
CREATE TABLE number(id INTEGER PRIMARY KEY, canonical TEXT NOT NULL, raw TEXT NOT NULL, UNIQUE(canonical, raw)) STRICT;
CREATE TABLE agent(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE queue(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE place(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE format(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE currency(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE tag(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE case_number(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
-- Distinct lists of ids, such as `3,17`, in the order in which they took part.
CREATE TABLE extset(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE agentset(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE grpset(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE projset(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;

-- The directory. `listed` = 0: removed; the name stays for its calls.
CREATE TABLE extension(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, label TEXT, listed INTEGER NOT NULL DEFAULT 1) STRICT;
CREATE TABLE grp(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, remark TEXT, listed INTEGER NOT NULL DEFAULT 1) STRICT;
CREATE TABLE project(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, remark TEXT, listed INTEGER NOT NULL DEFAULT 1) STRICT;
-- From `since` (key of an instant; 0 = the beginning) until the next row of the extension.
CREATE TABLE extension_assignment(
  ext INTEGER NOT NULL, since INTEGER NOT NULL, agent INTEGER, grp INTEGER, projset INTEGER NOT NULL,
  PRIMARY KEY(ext, since)) STRICT, WITHOUT ROWID;
CREATE TABLE customer(id INTEGER PRIMARY KEY, name TEXT NOT NULL, remark TEXT,
  met INTEGER) STRICT; -- met: key of the call that the exchange gave the name with; NULL = named by people
CREATE TABLE customer_number(canonical TEXT PRIMARY KEY, customer INTEGER NOT NULL REFERENCES customer(id)) STRICT, WITHOUT ROWID;
CREATE INDEX customer_number_customer ON customer_number(customer);
CREATE TABLE view(
  owner TEXT NOT NULL, name TEXT NOT NULL, query TEXT NOT NULL, columns TEXT NOT NULL, shared INTEGER NOT NULL,
  version INTEGER NOT NULL, PRIMARY KEY(owner, name)) STRICT, WITHOUT ROWID;

-- Recordings. call NULL: unassigned, waits for a call with one of its source ids.
CREATE TABLE recording(
  id INTEGER PRIMARY KEY, call INTEGER, name TEXT NOT NULL, source_ids TEXT NOT NULL, started_ms INTEGER, offset_ds INTEGER,
  len_ds INTEGER NOT NULL, bytes INTEGER NOT NULL, channels INTEGER NOT NULL, format INTEGER NOT NULL, mode INTEGER,
  state INTEGER NOT NULL, sha256 BLOB NOT NULL, leg TEXT) STRICT;
CREATE TABLE recording_copy(
  recording INTEGER NOT NULL, place INTEGER NOT NULL, state INTEGER NOT NULL, path TEXT NOT NULL,
  PRIMARY KEY(recording, place)) STRICT, WITHOUT ROWID;
CREATE INDEX recording_call ON recording(call);
-- Hash of name, length and content -> recording: was it imported before?
CREATE TABLE recording_seen(key INTEGER NOT NULL, recording INTEGER NOT NULL, PRIMARY KEY(key, recording)) STRICT, WITHOUT ROWID;
-- Source ids that would be a better (or the first) call for a recording than the one it has.
CREATE TABLE wanted(key INTEGER NOT NULL, recording INTEGER NOT NULL, PRIMARY KEY(key, recording)) STRICT, WITHOUT ROWID;
CREATE TABLE peaks(recording INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;

-- What people add to calls.
CREATE TABLE note(
  id INTEGER PRIMARY KEY, call INTEGER NOT NULL, author TEXT NOT NULL, created_us INTEGER NOT NULL, edited_us INTEGER,
  at_ds INTEGER, text TEXT NOT NULL, version INTEGER NOT NULL) STRICT;
CREATE INDEX note_call ON note(call);
CREATE VIRTUAL TABLE note_text USING fts5(words, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 0");
CREATE TABLE call_tag(tag INTEGER NOT NULL, call INTEGER NOT NULL, PRIMARY KEY(tag, call)) STRICT, WITHOUT ROWID;
CREATE INDEX call_tag_call ON call_tag(call);
CREATE TABLE call_case(call INTEGER PRIMARY KEY, case_number INTEGER NOT NULL) STRICT;
CREATE INDEX call_case_number ON call_case(case_number);
CREATE TABLE call_history(
  call INTEGER NOT NULL, seq INTEGER NOT NULL, at_us INTEGER NOT NULL, who TEXT NOT NULL, did TEXT NOT NULL, detail TEXT,
  PRIMARY KEY(call, seq)) STRICT, WITHOUT ROWID;

-- How far each source file was read.
CREATE TABLE source_position(path TEXT PRIMARY KEY, identity TEXT NOT NULL, offset INTEGER NOT NULL, line INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- Append-only, hash-chained (store/audit.rs tells how). What outsiders wrote stands only as a salted commitment.
CREATE TABLE audit_log(
  seq INTEGER PRIMARY KEY, at_us INTEGER NOT NULL, who TEXT NOT NULL, via TEXT NOT NULL, uid INTEGER, sudo_user TEXT,
  ssh_connection TEXT, did TEXT NOT NULL, object TEXT, project TEXT, outcome TEXT NOT NULL, detail TEXT, commitment BLOB,
  prev BLOB NOT NULL, hash BLOB NOT NULL) STRICT;
CREATE TABLE audit_foreign(seq INTEGER PRIMARY KEY, salt BLOB NOT NULL, text TEXT NOT NULL) STRICT;
CREATE TRIGGER audit_log_update BEFORE UPDATE ON audit_log BEGIN SELECT RAISE(ABORT, 'the audit log cannot be changed'); END;
CREATE TRIGGER audit_log_delete BEFORE DELETE ON audit_log BEGIN SELECT RAISE(ABORT, 'the audit log cannot be shortened'); END;
CREATE TRIGGER audit_log_gap BEFORE INSERT ON audit_log WHEN NEW.seq <> (SELECT ifnull(max(seq), 0) + 1 FROM audit_log)
BEGIN SELECT RAISE(ABORT, 'the audit log has no gaps'); END;
