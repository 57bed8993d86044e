-- The room's own database: who may come in, what was uploaded, what was spent, what was answered. No data of persons.
-- Times are RFC 3339 UTC text; losses are integers of 1e-12 rho and 1e-18 delta.

CREATE TABLE room (
    only_row  INTEGER PRIMARY KEY CHECK (only_row = 1),
    founded   TEXT NOT NULL,
    key_check BLOB NOT NULL
) STRICT;

CREATE TABLE tokens (
    id      INTEGER PRIMARY KEY,
    hash    BLOB NOT NULL UNIQUE,
    member  TEXT NOT NULL,
    user    TEXT NOT NULL,
    role    TEXT NOT NULL CHECK (role IN ('marketer', 'officer', 'steward')),
    created TEXT NOT NULL,
    revoked TEXT
) STRICT;

CREATE TABLE uploads (
    id          TEXT PRIMARY KEY,
    member      TEXT NOT NULL,
    audience    TEXT NOT NULL,
    declaration TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('open', 'stored', 'abandoned')),
    outcome     TEXT,
    created     TEXT NOT NULL
) STRICT;

CREATE TABLE versions (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    member      TEXT NOT NULL,
    audience    TEXT NOT NULL,
    upload      TEXT NOT NULL UNIQUE REFERENCES uploads (id),
    declaration TEXT NOT NULL,
    kinds       TEXT NOT NULL,
    created     TEXT NOT NULL,
    in_force    INTEGER NOT NULL CHECK (in_force IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX versions_in_force ON versions (member, audience) WHERE in_force = 1;

CREATE TABLE accounts (
    account      TEXT PRIMARY KEY,
    period_start TEXT NOT NULL,
    unlocked     INTEGER NOT NULL CHECK (unlocked >= 0),
    spent        INTEGER NOT NULL CHECK (spent >= 0),
    lifetime     INTEGER NOT NULL CHECK (lifetime >= spent),
    CHECK (spent <= unlocked)
) STRICT;

CREATE TABLE charges (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    query_key BLOB NOT NULL,
    margin    INTEGER NOT NULL CHECK (margin > 0),
    rho       INTEGER NOT NULL CHECK (rho > 0),
    delta     INTEGER NOT NULL CHECK (delta >= 0),
    asker     TEXT NOT NULL,
    question  TEXT NOT NULL,
    policy    TEXT NOT NULL,
    charged   TEXT NOT NULL
) STRICT;
CREATE INDEX charges_query_key ON charges (query_key, margin);

CREATE TABLE debits (
    charge  INTEGER NOT NULL REFERENCES charges (id),
    account TEXT NOT NULL REFERENCES accounts (account),
    rho     INTEGER NOT NULL CHECK (rho > 0),
    PRIMARY KEY (charge, account)
) STRICT;

-- One answer a charge, ever: the primary key is what makes a second draw of noise impossible to record.
CREATE TABLE answers (
    charge   INTEGER PRIMARY KEY REFERENCES charges (id),
    release  TEXT NOT NULL,
    recorded TEXT NOT NULL
) STRICT;
