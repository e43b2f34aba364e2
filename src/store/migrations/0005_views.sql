-- The order of a saved view, as lists take it (`-talk_s`); empty: the query's own, or newest first.
ALTER TABLE view ADD COLUMN sort TEXT NOT NULL DEFAULT '';
