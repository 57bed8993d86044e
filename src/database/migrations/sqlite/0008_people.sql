-- Who may come in. The table `tokens` of before stays, since the log binds it; nothing reads it any more.
-- Secrets are kept as hashes, or sealed with the room's key, which lies outside the data.

-- Nobody is ever taken out: an ended user keeps the name that the log tells of, and loses the address.
CREATE TABLE users (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    member   TEXT NOT NULL,
    name     TEXT NOT NULL,
    email    TEXT UNIQUE,
    language TEXT NOT NULL CHECK (language IN ('fr', 'en')),
    roles    TEXT NOT NULL,
    created  TEXT NOT NULL,
    ended    TEXT,
    UNIQUE (member, name)
) STRICT;

-- A password as argon2id's PHC text; the secret of one-time codes, sealed.
CREATE TABLE user_secrets (
    user     INTEGER PRIMARY KEY REFERENCES users (id),
    password TEXT,
    totp     BLOB,
    changed  TEXT NOT NULL
) STRICT;

CREATE TABLE recovery_codes (
    id   INTEGER PRIMARY KEY AUTOINCREMENT,
    user INTEGER NOT NULL REFERENCES users (id),
    hash BLOB NOT NULL,
    used TEXT
) STRICT;
CREATE INDEX recovery_codes_user ON recovery_codes (user);

CREATE TABLE invitations (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    hash     BLOB NOT NULL UNIQUE,
    member   TEXT NOT NULL,
    email    TEXT NOT NULL,
    language TEXT NOT NULL CHECK (language IN ('fr', 'en')),
    roles    TEXT NOT NULL,
    host     INTEGER NOT NULL CHECK (host IN (0, 1)),
    created  TEXT NOT NULL,
    expires  TEXT NOT NULL,
    ended    TEXT
) STRICT;

CREATE TABLE access_tokens (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    hash      BLOB NOT NULL UNIQUE,
    user      INTEGER NOT NULL REFERENCES users (id),
    name      TEXT NOT NULL,
    roles     TEXT NOT NULL,
    read_only INTEGER NOT NULL CHECK (read_only IN (0, 1)),
    created   TEXT NOT NULL,
    expires   TEXT NOT NULL,
    ended     TEXT
) STRICT;
CREATE INDEX access_tokens_user ON access_tokens (user);

CREATE TABLE sessions (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    hash    BLOB NOT NULL UNIQUE,
    user    INTEGER NOT NULL REFERENCES users (id),
    agent   TEXT NOT NULL,
    created TEXT NOT NULL,
    expires TEXT NOT NULL,
    ended   TEXT
) STRICT;
CREATE INDEX sessions_user ON sessions (user);

-- What passes: nothing below is told by the log (src/database/passing.rs).

CREATE TABLE session_uses (
    session INTEGER PRIMARY KEY REFERENCES sessions (id),
    seen    TEXT NOT NULL
) STRICT;

-- A sign-in that waits for its second factor; or for the first code of one that is being set up.
CREATE TABLE signin_steps (
    hash    BLOB PRIMARY KEY,
    user    INTEGER NOT NULL REFERENCES users (id),
    purpose TEXT NOT NULL CHECK (purpose IN ('code', 'enrol')),
    totp    BLOB,
    agent   TEXT NOT NULL,
    expires TEXT NOT NULL
) STRICT;

-- By a keyed hash of the address, whether anybody has it or not.
CREATE TABLE signin_failures (
    account  BLOB PRIMARY KEY,
    failures INTEGER NOT NULL,
    latest   INTEGER NOT NULL,
    until    INTEGER NOT NULL
) STRICT;

-- The last step whose code was taken: none is taken twice.
CREATE TABLE totp_steps (
    user INTEGER PRIMARY KEY REFERENCES users (id),
    step INTEGER NOT NULL
) STRICT;

CREATE TABLE recoveries (
    hash    BLOB PRIMARY KEY,
    user    INTEGER NOT NULL REFERENCES users (id),
    expires TEXT NOT NULL
) STRICT;

CREATE TABLE device_requests (
    hash    BLOB PRIMARY KEY,
    code    BLOB NOT NULL UNIQUE,
    name    TEXT NOT NULL,
    polled  INTEGER NOT NULL,
    user    INTEGER REFERENCES users (id),
    given   TEXT,
    expires INTEGER NOT NULL
) STRICT;

-- Messages to be sent: to whom, in which language, of which kind, and what it says, sealed.
CREATE TABLE outbox (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    kind      TEXT NOT NULL,
    recipient TEXT NOT NULL,
    language  TEXT NOT NULL CHECK (language IN ('fr', 'en')),
    message   BLOB NOT NULL,
    created   TEXT NOT NULL
) STRICT;
