-- Schema version 12: what a restore from a backup has to know.

CREATE TABLE condition (
    only        INTEGER PRIMARY KEY CHECK (only = 1),
    -- How often this store came from a backup.
    generation  INTEGER NOT NULL,
    restored_at INTEGER,
    -- When the newest backup was made.
    backup_at   INTEGER,
    -- Whether nothing is served until somebody accepts what the restore lost.
    held        INTEGER NOT NULL CHECK (held IN (0, 1)),
    -- Whether something happened that no journal was told of.
    unwritten   INTEGER NOT NULL CHECK (unwritten IN (0, 1))
) STRICT;
INSERT INTO condition (only, generation, held, unwritten) VALUES (1, 0, 0, 0);

-- What the journal has still to be told. It is written in the transaction of what it is about.
CREATE TABLE journal_note (
    id    INTEGER PRIMARY KEY AUTOINCREMENT,
    at    INTEGER NOT NULL,
    entry TEXT NOT NULL
) STRICT;

-- The generation in which the device sent again what a restore lost of it.
ALTER TABLE device ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;
