-- The audit log. An entry is written in the transaction of what it tells, and never changed: its leaf is what the tree commits to, its
-- rows are the digests of what that transaction wrote elsewhere, and its subject is the first of these.

CREATE TABLE log_entries (
    position INTEGER PRIMARY KEY CHECK (position >= 0),
    leaf     BLOB NOT NULL,
    hash     BLOB NOT NULL,
    rows     TEXT NOT NULL,
    subject  TEXT NOT NULL
) STRICT;
CREATE INDEX log_entries_subject ON log_entries (subject);

-- Which members may read an entry whole; the empty name stands for all of them.
CREATE TABLE log_concerns (
    member   TEXT NOT NULL,
    position INTEGER NOT NULL REFERENCES log_entries (position),
    PRIMARY KEY (member, position)
) STRICT;

-- The newest checkpoint of each hour, with the cosignatures it got.
CREATE TABLE log_checkpoints (
    hour TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    note TEXT NOT NULL
) STRICT;

-- The keys that the room has signed with, and by what each was named; the first by the founding alone.
CREATE TABLE log_keys (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    key         TEXT NOT NULL UNIQUE,
    endorsement TEXT
) STRICT;

-- What a version's file was when it came into force: its length, and the SHA-256 of each 4 MiB of it, one after the other.
CREATE TABLE version_files (
    version INTEGER PRIMARY KEY REFERENCES versions (id),
    bytes   INTEGER NOT NULL,
    hashes  BLOB NOT NULL
) STRICT;
