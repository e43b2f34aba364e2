-- Recordings and clips for people without an account (domain/access/share.rs). Secrets stand as SHA-256: they are 256 random
-- bits. The token with which a share was made is named: the share is worth no more than it.
CREATE TABLE share(
  id TEXT PRIMARY KEY, hash BLOB NOT NULL UNIQUE, title TEXT, remark TEXT, who TEXT NOT NULL, token TEXT,
  created_us INTEGER NOT NULL, expires_us INTEGER NOT NULL, passphrase TEXT, plays INTEGER, played INTEGER NOT NULL,
  revoked_us INTEGER) STRICT;
CREATE TABLE share_item(
  share TEXT NOT NULL REFERENCES share(id), seq INTEGER NOT NULL, kind INTEGER NOT NULL, item TEXT NOT NULL,
  PRIMARY KEY(share, seq)) STRICT, WITHOUT ROWID;
