-- A note that is sent again with the same key is not written again: the answer to the first may have been lost on the way.
CREATE TABLE note_key(
  author TEXT NOT NULL, key TEXT NOT NULL, note INTEGER NOT NULL, made_us INTEGER NOT NULL,
  PRIMARY KEY(author, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX note_key_made ON note_key(made_us);
