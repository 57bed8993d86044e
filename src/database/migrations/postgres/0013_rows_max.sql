-- The most rows that one person has in a version: the room's rows_max when it was built. A later rows_max changes no stored version.
ALTER TABLE versions ADD COLUMN rows_max BIGINT NOT NULL DEFAULT 1000 CHECK (rows_max BETWEEN 1 AND 1000);
