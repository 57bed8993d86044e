-- Policy folders, whole and by what they contain; who proposed, approved and published them. Nothing here is ever changed but the
-- state of a proposal, the end of a narrowing, and an approval that is taken back.

CREATE TABLE policy_files (
    hash  TEXT PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT;

CREATE TABLE policy_versions (
    version TEXT NOT NULL,
    name    TEXT NOT NULL,
    hash    TEXT NOT NULL REFERENCES policy_files (hash),
    PRIMARY KEY (version, name)
) STRICT;

CREATE TABLE policy_proposals (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    base     TEXT NOT NULL,
    version  TEXT NOT NULL,
    member   TEXT NOT NULL,
    user     TEXT NOT NULL,
    why      TEXT NOT NULL,
    proposed TEXT NOT NULL,
    state    TEXT NOT NULL CHECK (state IN ('open', 'published', 'withdrawn'))
) STRICT;

-- An officer approves what a proposal does to the audiences of their member, and nothing else: its digest.
CREATE TABLE policy_approvals (
    proposal INTEGER NOT NULL REFERENCES policy_proposals (id),
    owner    TEXT NOT NULL,
    user     TEXT NOT NULL,
    effects  TEXT NOT NULL,
    approved TEXT NOT NULL,
    PRIMARY KEY (proposal, owner)
) STRICT;

-- The version in force is that of the last row.
CREATE TABLE policy_publications (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    version   TEXT NOT NULL,
    proposal  INTEGER REFERENCES policy_proposals (id),
    published TEXT NOT NULL
) STRICT;

-- A version that an owner's audiences must be permitted by as well, until the owner's officer lets go of it.
CREATE TABLE policy_narrowings (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    owner    TEXT NOT NULL,
    version  TEXT NOT NULL,
    proposal INTEGER NOT NULL REFERENCES policy_proposals (id),
    since    TEXT NOT NULL,
    ended    TEXT
) STRICT;

CREATE TABLE policy_log (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    happened TEXT NOT NULL,
    what     TEXT NOT NULL CHECK (what IN ('founded', 'proposed', 'approved', 'retracted', 'narrowed', 'lifted', 'withdrawn', 'published')),
    member   TEXT,
    user     TEXT,
    version  TEXT,
    proposal INTEGER REFERENCES policy_proposals (id),
    why      TEXT
) STRICT;
