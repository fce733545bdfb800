-- Schema version 16: how many bytes the rows of a section have, so that what stands for a device is bounded, and weighed before it is
-- read. It stands before the rows, so that it is found without them.

DROP TRIGGER section_deleted;
ALTER TABLE section RENAME TO section_before;
CREATE TABLE section (
    device_id TEXT NOT NULL REFERENCES device (device_id),
    part      TEXT NOT NULL,
    name      TEXT NOT NULL,
    digest    TEXT NOT NULL,
    row_count INTEGER NOT NULL,
    -- Of the rows as JSON; they are kept compressed where that makes them smaller.
    bytes     INTEGER NOT NULL,
    key_id    INTEGER NOT NULL REFERENCES value_key (id),
    rows      BLOB NOT NULL,
    PRIMARY KEY (device_id, part, name)
) STRICT, WITHOUT ROWID;
-- Until now they were kept as they are, and sealing adds 16 bytes.
INSERT INTO section (device_id, part, name, digest, row_count, bytes, key_id, rows)
    SELECT device_id, part, name, digest, row_count, max(length(rows) - 16, 0), key_id, rows FROM section_before;
DROP TABLE section_before;
CREATE TRIGGER section_deleted AFTER DELETE ON section BEGIN
    UPDATE value_key SET used = 0, key = zeroblob(32) WHERE id = old.key_id;
END;
