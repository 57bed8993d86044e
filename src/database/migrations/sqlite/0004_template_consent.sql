-- Analysis templates, whole and by what they contain; who proposed them, and which owners let them run over their audiences. Nothing
-- here is ever changed but the end of an approval. The newest version of a name is the one with the highest id.

-- Proposed by nobody: founded with the room.
CREATE TABLE templates (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    hash     TEXT NOT NULL UNIQUE,
    name     TEXT NOT NULL,
    sql      TEXT NOT NULL,
    toml     TEXT NOT NULL,
    member   TEXT,
    user     TEXT,
    why      TEXT,
    proposed TEXT NOT NULL
) STRICT;

CREATE TABLE template_approvals (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    hash      TEXT NOT NULL REFERENCES templates (hash),
    owner     TEXT NOT NULL,
    user      TEXT,
    approved  TEXT NOT NULL,
    withdrawn TEXT
) STRICT;
CREATE UNIQUE INDEX template_approvals_in_force ON template_approvals (hash, owner) WHERE withdrawn IS NULL;

CREATE TABLE template_log (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    happened TEXT NOT NULL,
    what     TEXT NOT NULL CHECK (what IN ('founded', 'proposed', 'approved', 'withdrawn')),
    member   TEXT,
    user     TEXT,
    hash     TEXT REFERENCES templates (hash),
    why      TEXT
) STRICT;
