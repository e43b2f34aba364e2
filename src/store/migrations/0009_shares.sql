-- Recordings and clips for people without an account (domain/access/share.rs).
CREATE TABLE share(
  id TEXT PRIMARY KEY, hash BLOB NOT NULL UNIQUE, title TEXT, remark TEXT, who TEXT NOT NULL, created_us INTEGER NOT NULL,
  expires_us INTEGER NOT NULL, passphrase TEXT, plays INTEGER, played INTEGER NOT NULL, revoked_us INTEGER) STRICT;
CREATE TABLE share_item(
  share TEXT NOT NULL REFERENCES share(id), seq INTEGER NOT NULL, kind INTEGER NOT NULL, item TEXT NOT NULL,
  PRIMARY KEY(share, seq)) STRICT, WITHOUT ROWID;
