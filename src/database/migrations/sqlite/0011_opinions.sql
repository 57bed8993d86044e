-- What officers say of a proposal for their member, in their own words. The newest of a member is the one that stands; those before keep
-- their rows, with an end.
CREATE TABLE policy_opinions (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    proposal INTEGER NOT NULL REFERENCES policy_proposals (id),
    owner    TEXT NOT NULL,
    user     TEXT NOT NULL,
    verdict  TEXT NOT NULL CHECK (verdict IN ('approved', 'refused')),
    effects  TEXT NOT NULL,
    comment  TEXT NOT NULL,
    given    TEXT NOT NULL,
    ended    TEXT
) STRICT;
CREATE UNIQUE INDEX policy_opinions_standing ON policy_opinions (proposal, owner) WHERE ended IS NULL;

-- The same log, with another word: SQLite changes no CHECK in place.
CREATE TABLE policy_log_with_refusals (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    happened TEXT NOT NULL,
    what     TEXT NOT NULL
        CHECK (what IN ('founded', 'proposed', 'approved', 'refused', 'retracted', 'narrowed', 'lifted', 'withdrawn', 'published')),
    member   TEXT,
    user     TEXT,
    version  TEXT,
    proposal INTEGER REFERENCES policy_proposals (id),
    why      TEXT
) STRICT;
INSERT INTO policy_log_with_refusals (id, happened, what, member, user, version, proposal, why)
    SELECT id, happened, what, member, user, version, proposal, why FROM policy_log;
DROP TABLE policy_log;
ALTER TABLE policy_log_with_refusals RENAME TO policy_log;
