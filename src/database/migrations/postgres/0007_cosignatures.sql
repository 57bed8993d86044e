-- Each member's newest cosignature: the checkpoint it vouches for, as a note that the room and the member's witness key signed. Like
-- checkpoints, they are bound by their signatures and by no entry; which key a member names is an entry.

CREATE TABLE log_cosignatures (
    member TEXT COLLATE "C" PRIMARY KEY,
    key    TEXT COLLATE "C" NOT NULL,
    size   BIGINT NOT NULL,
    note   TEXT COLLATE "C" NOT NULL
);
