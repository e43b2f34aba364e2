-- The first copy of a recording stands in its own row, further ones beside it: most recordings have one.
ALTER TABLE recording ADD COLUMN place INTEGER;
ALTER TABLE recording ADD COLUMN copy_state INTEGER;
ALTER TABLE recording ADD COLUMN path TEXT;
ALTER TABLE recording_copy RENAME TO further_copy;
UPDATE recording SET (place, copy_state, path) = (SELECT place, state, path FROM further_copy f WHERE f.recording = recording.id
  ORDER BY f.place LIMIT 1);
DELETE FROM further_copy WHERE place = (SELECT r.place FROM recording r WHERE r.id = further_copy.recording);
-- Every copy of every recording.
CREATE VIEW recording_copy AS
  SELECT id AS recording, place, copy_state AS state, path FROM recording WHERE place IS NOT NULL
  UNION ALL SELECT recording, place, state, path FROM further_copy;
