-- Schema version 6: the key by which every process on the store recognises enrolment challenges.

CREATE TABLE challenge_key (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    key  BLOB NOT NULL
) STRICT;
