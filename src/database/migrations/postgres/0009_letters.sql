-- Letters and members' directories.

-- How often a message was tried and when it may be again, in seconds since 1970: a gateway that sends it puts that off first, so that
-- no other does. A letter of which there is to be one alone keeps its name, emptied, once it is sent.
ALTER TABLE outbox ADD COLUMN tries BIGINT NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN due BIGINT NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN once TEXT COLLATE "C";
ALTER TABLE outbox ADD COLUMN sent TEXT COLLATE "C";
CREATE UNIQUE INDEX outbox_once ON outbox (once);

-- The kinds of letters that a user doesn't want.
CREATE TABLE letters_off (
    "user" BIGINT NOT NULL REFERENCES users (id),
    kind   TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY ("user", kind)
);

-- Who is known by a member's directory: bound for good. The address is the directory's word, and nobody signs in by it.
CREATE TABLE directory_users (
    "user"  BIGINT PRIMARY KEY REFERENCES users (id),
    member  TEXT COLLATE "C" NOT NULL,
    issuer  TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    email   TEXT COLLATE "C",
    bound   TEXT COLLATE "C" NOT NULL,
    UNIQUE (member, issuer, subject)
);

-- Sign-ins under way at a directory, for the browser that began them: what is to come back, sealed. With a user: who links their account.
CREATE TABLE directory_steps (
    hash    BYTEA PRIMARY KEY,
    member  TEXT COLLATE "C" NOT NULL,
    begun   BYTEA NOT NULL,
    "user"  BIGINT REFERENCES users (id),
    expires BIGINT NOT NULL
);
