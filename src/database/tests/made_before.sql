
BEGIN TRANSACTION;
CREATE TABLE _sqlx_migrations (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL,
    checksum BLOB NOT NULL,
    execution_time BIGINT NOT NULL
);
INSERT INTO _sqlx_migrations VALUES(1,'room','2026-11-24 12:44:42',1,X'534ff67005c61374b85b146f9b181f834b97b980329d70ae08535ff0c77580eaff225b430f384aa4b59c6865cac9479c',1014541);
INSERT INTO _sqlx_migrations VALUES(2,'threshold delta','2026-11-24 12:44:42',1,X'6a9535fd0c065159e90dccf7849c8111a8a95fcb0e5a0c7ddc58fa08efc3266ffb769ac0d2d51f8e8cc46beb9879d510',1088401);
INSERT INTO _sqlx_migrations VALUES(3,'policy versions','2026-11-24 12:44:42',1,X'34bb03097c21d726bc4578d3c39afd8698ffc4fc997167e472515e4344092faefde54251b7cf1e08163c67102aef7547',741718);
INSERT INTO _sqlx_migrations VALUES(4,'template consent','2026-11-24 12:44:42',1,X'61a1984c4ec840dc269b7f13354d71364977f0d57fec637dc52c7ce40d89fc368f1e9ccd7b6f64c686d978ac6bd2c756',569543);
CREATE TABLE room (
    only_row  INTEGER PRIMARY KEY CHECK (only_row = 1),
    founded   TEXT NOT NULL,
    key_check BLOB NOT NULL
) STRICT;
INSERT INTO room VALUES(1,'2026-11-24T12:44:42.782835699Z',X'b4426b341e1da30df9165fb0cac5916bd2c6ec9f8701c61d822ad290393225db');
CREATE TABLE tokens (
    id      INTEGER PRIMARY KEY,
    hash    BLOB NOT NULL UNIQUE,
    member  TEXT NOT NULL,
    user    TEXT NOT NULL,
    role    TEXT NOT NULL CHECK (role IN ('marketer', 'officer', 'steward')),
    created TEXT NOT NULL,
    revoked TEXT
) STRICT;
INSERT INTO tokens VALUES(1,X'421f2006be9928d58cb6945aee87eec44aa64a591de329272c4673baee46c535','festival','ana','officer','2026-11-24T12:44:42.808191532Z',NULL);
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
CREATE TABLE accounts (
    account      TEXT PRIMARY KEY,
    period_start TEXT NOT NULL,
    unlocked     INTEGER NOT NULL CHECK (unlocked >= 0),
    spent        INTEGER NOT NULL CHECK (spent >= 0),
    lifetime     INTEGER NOT NULL CHECK (lifetime >= spent), delta_unlocked INTEGER NOT NULL DEFAULT 0 CHECK (delta_unlocked >= 0), delta_spent INTEGER NOT NULL DEFAULT 0
    CHECK (delta_spent >= 0 AND delta_spent <= delta_unlocked), delta_lifetime INTEGER NOT NULL DEFAULT 0 CHECK (delta_lifetime >= delta_spent),
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
CREATE TABLE debits (
    charge  INTEGER NOT NULL REFERENCES charges (id),
    account TEXT NOT NULL REFERENCES accounts (account),
    rho     INTEGER NOT NULL CHECK (rho > 0), delta INTEGER NOT NULL DEFAULT 0 CHECK (delta >= 0),
    PRIMARY KEY (charge, account)
) STRICT;
CREATE TABLE answers (
    charge   INTEGER PRIMARY KEY REFERENCES charges (id),
    release  TEXT NOT NULL,
    recorded TEXT NOT NULL
) STRICT;
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
CREATE TABLE policy_approvals (
    proposal INTEGER NOT NULL REFERENCES policy_proposals (id),
    owner    TEXT NOT NULL,
    user     TEXT NOT NULL,
    effects  TEXT NOT NULL,
    approved TEXT NOT NULL,
    PRIMARY KEY (proposal, owner)
) STRICT;
CREATE TABLE policy_publications (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    version   TEXT NOT NULL,
    proposal  INTEGER REFERENCES policy_proposals (id),
    published TEXT NOT NULL
) STRICT;
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
CREATE TABLE template_log (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    happened TEXT NOT NULL,
    what     TEXT NOT NULL CHECK (what IN ('founded', 'proposed', 'approved', 'withdrawn')),
    member   TEXT,
    user     TEXT,
    hash     TEXT REFERENCES templates (hash),
    why      TEXT
) STRICT;
DELETE FROM sqlite_sequence;
CREATE UNIQUE INDEX versions_in_force ON versions (member, audience) WHERE in_force = 1;
CREATE INDEX charges_query_key ON charges (query_key, margin);
CREATE UNIQUE INDEX template_approvals_in_force ON template_approvals (hash, owner) WHERE withdrawn IS NULL;
COMMIT;
