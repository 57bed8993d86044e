-- Charges whose query the engine could not run: such a charge is over, and the same question needs another.
CREATE TABLE charge_failures (
    charge INTEGER PRIMARY KEY REFERENCES charges (id),
    failed TEXT NOT NULL
) STRICT;

-- How often the query of a charge was begun after its first time: one that ended the process is not begun for ever.
CREATE TABLE charge_restarts (
    charge   INTEGER PRIMARY KEY REFERENCES charges (id),
    restarts INTEGER NOT NULL CHECK (restarts > 0)
) STRICT;

-- Since when the room keeps its log's newest checkpoint outside its folder; no row before the first time.
CREATE TABLE outside_kept (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    since    TEXT NOT NULL
) STRICT;

-- The same log, with another word: SQLite changes no CHECK in place.
CREATE TABLE template_log_with_failures (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    happened TEXT NOT NULL,
    what     TEXT NOT NULL CHECK (what IN ('founded', 'proposed', 'approved', 'withdrawn', 'failed')),
    member   TEXT,
    user     TEXT,
    hash     TEXT REFERENCES templates (hash),
    why      TEXT
) STRICT;
INSERT INTO template_log_with_failures (id, happened, what, member, user, hash, why)
    SELECT id, happened, what, member, user, hash, why FROM template_log;
DROP TABLE template_log;
ALTER TABLE template_log_with_failures RENAME TO template_log;
