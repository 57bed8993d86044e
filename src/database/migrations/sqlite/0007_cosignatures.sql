-- Each member's newest cosignature: the checkpoint it vouches for, as a note that the room and the member's witness key signed. Like
-- checkpoints, they are bound by their signatures and by no entry; which key a member names is an entry.

CREATE TABLE log_cosignatures (
    member TEXT PRIMARY KEY,
    key    TEXT NOT NULL,
    size   INTEGER NOT NULL,
    note   TEXT NOT NULL
) STRICT;
