-- A number as received is kept only where it is not the canonical one without its plus (row.rs: raw_of); the index holds
-- each text once.
CREATE TABLE number_kept(id INTEGER PRIMARY KEY, canonical TEXT NOT NULL, raw TEXT) STRICT;
INSERT INTO number_kept SELECT id, canonical, CASE
  WHEN raw = CASE WHEN substr(canonical, 1, 1) = '+' THEN substr(canonical, 2) ELSE canonical END THEN NULL
  WHEN raw = canonical THEN '+' ELSE raw END FROM number;
DROP TABLE number;
ALTER TABLE number_kept RENAME TO number;
CREATE INDEX number_canonical ON number(canonical);

-- Most source ids hold the second in which their call begins: the call is found by its own key (source_key.rs: is_near).
DELETE FROM source WHERE key >= 0
  AND (call >> 14) + 946684800 - (key >> 22 & 8589934591) IN (0, 1)
  AND EXISTS(SELECT 1 FROM call_more m WHERE m.id = source.call AND m.late_ms IS NULL);
