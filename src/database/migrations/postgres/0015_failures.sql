-- Charges whose query the engine could not run: such a charge is over, and the same question needs another.
CREATE TABLE charge_failures (
    charge BIGINT PRIMARY KEY REFERENCES charges (id),
    failed TEXT COLLATE "C" NOT NULL
);

-- How often the query of a charge was begun after its first time: one that ended the process is not begun for ever.
CREATE TABLE charge_restarts (
    charge   BIGINT PRIMARY KEY REFERENCES charges (id),
    restarts BIGINT NOT NULL CHECK (restarts > 0)
);

-- Since when the room keeps its log's newest checkpoint outside its folder; no row before the first time.
CREATE TABLE outside_kept (
    only_row BIGINT PRIMARY KEY CHECK (only_row = 1),
    since    TEXT COLLATE "C" NOT NULL
);

ALTER TABLE template_log DROP CONSTRAINT template_log_what_check;
ALTER TABLE template_log ADD CONSTRAINT template_log_what_check
    CHECK (what IN ('founded', 'proposed', 'approved', 'withdrawn', 'failed'));
