-- People, roles, sessions, tokens (domain/access).
CREATE TABLE user(
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, full_name TEXT, login TEXT UNIQUE, agent TEXT,
  extensions TEXT NOT NULL,                              -- a JSON list of numbers
  password TEXT,                                         -- PHC string of argon2id; NULL: no sign-in by password
  locked INTEGER NOT NULL, created_us INTEGER NOT NULL, last_seen_us INTEGER, version INTEGER NOT NULL) STRICT;
CREATE TABLE user_grant(
  user INTEGER NOT NULL REFERENCES user(id) ON DELETE CASCADE, role TEXT NOT NULL, over TEXT NOT NULL,
  PRIMARY KEY(user, role, over)) STRICT, WITHOUT ROWID;
-- Roles that people made, and built-in ones that they changed.
CREATE TABLE role(name TEXT PRIMARY KEY, permissions TEXT NOT NULL, remark TEXT) STRICT, WITHOUT ROWID;
-- Secrets stand as SHA-256: they are 256 random bits.
CREATE TABLE session(
  id TEXT PRIMARY KEY, user INTEGER NOT NULL REFERENCES user(id) ON DELETE CASCADE, hash BLOB NOT NULL UNIQUE, address TEXT,
  created_us INTEGER NOT NULL, authenticated_us INTEGER NOT NULL, last_us INTEGER NOT NULL, until_us INTEGER NOT NULL) STRICT;
CREATE TABLE token(
  id TEXT PRIMARY KEY, name TEXT NOT NULL, user INTEGER REFERENCES user(id) ON DELETE CASCADE, -- NULL: the owner
  hash BLOB NOT NULL UNIQUE, scope TEXT NOT NULL, projects TEXT NOT NULL,                      -- JSON lists of words
  created_by TEXT NOT NULL, created_us INTEGER NOT NULL, expires_us INTEGER NOT NULL, last_used_us INTEGER,
  revoked_us INTEGER) STRICT;
-- Counts the changes of users, grants and roles: what was decided over one state is not done to another.
INSERT INTO meta VALUES('people', 0);
