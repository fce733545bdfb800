-- Schema version 7: every value is sealed under a key of its own, and deleting it overwrites the key.
-- SQL cannot seal what is stored, and no release stored anything: reports of earlier schemas go.

DELETE FROM report_part;
DELETE FROM section;
DELETE FROM report;

-- Keys of 32 bytes. A row is never deleted and always has the same length: it is overwritten where it stands, and when
-- its value is gone it serves another one. Rows that come and go are copied about inside a database's pages when these are
-- balanced, and such copies outlive secure_delete.
CREATE TABLE value_key (
    id   INTEGER PRIMARY KEY,
    used INTEGER NOT NULL CHECK (used IN (0, 1)),
    key  BLOB NOT NULL CHECK (length(key) = 32)
) STRICT;
CREATE INDEX free_value_key ON value_key (id) WHERE used = 0;

ALTER TABLE report_part ADD COLUMN key_id INTEGER REFERENCES value_key (id);
DROP TABLE section;
CREATE TABLE section (
    device_id     TEXT NOT NULL REFERENCES device (device_id),
    name          TEXT NOT NULL,
    digest        TEXT NOT NULL,
    row_count     INTEGER NOT NULL,
    rows          BLOB NOT NULL,
    key_id        INTEGER NOT NULL REFERENCES value_key (id),
    policy_sha256 TEXT NOT NULL,
    report_id     INTEGER NOT NULL,
    part          INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    stored_until  INTEGER NOT NULL,
    PRIMARY KEY (device_id, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX section_by_expiry ON section (stored_until);

-- Whatever deletes a value overwrites its key.
CREATE TRIGGER report_part_deleted AFTER DELETE ON report_part WHEN old.key_id IS NOT NULL BEGIN
    UPDATE value_key SET used = 0, key = zeroblob(32) WHERE id = old.key_id;
END;
CREATE TRIGGER report_part_emptied AFTER UPDATE OF payload ON report_part
WHEN new.payload IS NULL AND old.key_id IS NOT NULL BEGIN
    UPDATE value_key SET used = 0, key = zeroblob(32) WHERE id = old.key_id;
    UPDATE report_part SET key_id = NULL WHERE report_id = new.report_id AND part = new.part;
END;
CREATE TRIGGER section_deleted AFTER DELETE ON section BEGIN
    UPDATE value_key SET used = 0, key = zeroblob(32) WHERE id = old.key_id;
END;
