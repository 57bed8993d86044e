-- Passkeys: what the room keeps of an authenticator's key (public key and how it was made, as JSON), and the handle by which the
-- authenticator knows its user, which says nothing of them. One that was taken away keeps its row, without the key.
CREATE TABLE passkeys (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    user       INTEGER NOT NULL REFERENCES users (id),
    credential BLOB NOT NULL UNIQUE,
    handle     BLOB NOT NULL,
    name       TEXT NOT NULL,
    public_key TEXT,
    created    TEXT NOT NULL,
    ended      TEXT
) STRICT;
CREATE INDEX passkeys_user ON passkeys (user);

-- What passes: nothing below is told by the log (src/database/passing.rs).

-- When a passkey was last used, and how far its authenticator had counted then.
CREATE TABLE passkey_uses (
    passkey INTEGER PRIMARY KEY REFERENCES passkeys (id),
    counter INTEGER NOT NULL,
    seen    TEXT NOT NULL
) STRICT;

-- A challenge that an authenticator was given, and what its answer is for, sealed.
CREATE TABLE passkey_challenges (
    hash    BLOB PRIMARY KEY,
    state   BLOB NOT NULL,
    expires TEXT NOT NULL
) STRICT;
