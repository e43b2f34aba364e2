-- People in what they heard and cut, by the names that they act under.
CREATE TABLE listener(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
-- A stretch of a recording that was heard at one speed and side; what goes on in a later report makes the row longer.
CREATE TABLE receipt(
  id INTEGER PRIMARY KEY, recording INTEGER NOT NULL, listener INTEGER NOT NULL,
  at_us INTEGER NOT NULL,                                -- of the last report
  from_ms INTEGER NOT NULL, until_ms INTEGER NOT NULL,
  speed INTEGER NOT NULL,                                -- percent
  side INTEGER NOT NULL) STRICT;
CREATE INDEX receipt_recording ON receipt(recording, listener);
CREATE INDEX receipt_listener ON receipt(listener, recording);

-- Cut from a recording, which cannot go while its clips are there. path NULL: removed; the row tells what was downloaded.
CREATE TABLE clip(
  id INTEGER PRIMARY KEY, recording INTEGER NOT NULL REFERENCES recording(id),
  from_ms INTEGER NOT NULL, until_ms INTEGER NOT NULL, title TEXT, format INTEGER NOT NULL, channels INTEGER NOT NULL,
  bytes INTEGER NOT NULL, sha256 BLOB NOT NULL, who TEXT NOT NULL, created_us INTEGER NOT NULL, path TEXT) STRICT;
CREATE INDEX clip_recording ON clip(recording);

CREATE TABLE collection(
  id INTEGER PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL, description TEXT,
  readers TEXT NOT NULL,                                 -- a JSON list of names, * for everybody
  version INTEGER NOT NULL, UNIQUE(owner, name)) STRICT;
CREATE TABLE collection_item(
  collection INTEGER NOT NULL REFERENCES collection(id) ON DELETE CASCADE,
  kind INTEGER NOT NULL, item INTEGER NOT NULL,          -- 0: call.id, 1: clip.id
  seq INTEGER NOT NULL, who TEXT NOT NULL, added_us INTEGER NOT NULL,
  PRIMARY KEY(collection, kind, item)) STRICT, WITHOUT ROWID;
CREATE INDEX collection_item_item ON collection_item(kind, item);

-- Sound that left: what `downloaded-by:` asks for (domain/receipt.rs: TAKEN).
CREATE INDEX audit_taken ON audit_log(object, who)
  WHERE outcome='done' AND did IN ('recording.download','clip.download','recording.export');
