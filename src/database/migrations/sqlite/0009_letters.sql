-- Letters and members' directories.

-- How often a message was tried and when it may be again, in seconds since 1970: a gateway that sends it puts that off first, so that
-- no other does. A letter of which there is to be one alone keeps its name, emptied, once it is sent.
ALTER TABLE outbox ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN due INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN once TEXT;
ALTER TABLE outbox ADD COLUMN sent TEXT;
CREATE UNIQUE INDEX outbox_once ON outbox (once);

-- The kinds of letters that a user doesn't want.
CREATE TABLE letters_off (
    user INTEGER NOT NULL REFERENCES users (id),
    kind TEXT NOT NULL,
    PRIMARY KEY (user, kind)
) STRICT;

-- Who is known by a member's directory: bound for good. The address is the directory's word, and nobody signs in by it.
CREATE TABLE directory_users (
    user    INTEGER PRIMARY KEY REFERENCES users (id),
    member  TEXT NOT NULL,
    issuer  TEXT NOT NULL,
    subject TEXT NOT NULL,
    email   TEXT,
    bound   TEXT NOT NULL,
    UNIQUE (member, issuer, subject)
) STRICT;

-- Sign-ins under way at a directory, for the browser that began them: what is to come back, sealed. With a user: who links their account.
CREATE TABLE directory_steps (
    hash    BLOB PRIMARY KEY,
    member  TEXT NOT NULL,
    begun   BLOB NOT NULL,
    user    INTEGER REFERENCES users (id),
    expires INTEGER NOT NULL
) STRICT;
