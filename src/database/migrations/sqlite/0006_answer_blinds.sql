-- What is in front of an answer where the log binds it by a hash: without it, whoever may read the entry could find the figures by
-- trying. It leaves the room in the answer's receipt alone.

CREATE TABLE answer_blinds (
    charge INTEGER PRIMARY KEY REFERENCES answers (charge),
    blind  TEXT NOT NULL
) STRICT;
