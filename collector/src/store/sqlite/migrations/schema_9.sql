-- Schema version 9: a report is a head that names its parts. Reports of earlier schemas are no such heads, and no release stored any.

DROP TRIGGER report_part_deleted;
DROP TRIGGER report_part_emptied;
DROP TRIGGER section_deleted;
DELETE FROM report_part;
DELETE FROM section;
DELETE FROM report;
UPDATE value_key SET used = 0, key = zeroblob(32);

-- What is signed: number, digests, absences. It holds no value.
ALTER TABLE report ADD COLUMN payload BLOB NOT NULL DEFAULT x'';

-- A part that a head names. `payload` is NULL where the part did not come, or is deleted.
DROP TABLE report_part;
CREATE TABLE report_part (
    report_id    INTEGER NOT NULL REFERENCES report (id),
    part         TEXT NOT NULL,
    device_id    TEXT NOT NULL,
    -- Whose it is, where it is never a history: a newer one takes its place.
    latest_of    TEXT,
    sha256       TEXT NOT NULL,
    stored_until INTEGER NOT NULL,
    came         INTEGER NOT NULL CHECK (came IN (0, 1)),
    payload      BLOB,
    key_id       INTEGER REFERENCES value_key (id),
    deleted_at   INTEGER,
    PRIMARY KEY (report_id, part)
) STRICT;
CREATE INDEX report_part_by_expiry ON report_part (stored_until) WHERE payload IS NOT NULL;
CREATE INDEX latest_part ON report_part (device_id, latest_of) WHERE latest_of IS NOT NULL AND payload IS NOT NULL;

-- How the parts of a device stand as a whole, and the versions of the policy that all their rows were last held to.
CREATE TABLE standing (
    device_id     TEXT PRIMARY KEY REFERENCES device (device_id),
    digest        TEXT NOT NULL,
    checked_under TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The digest of each part in the last head that named it. `held` says whether its rows are here.
CREATE TABLE standing_part (
    device_id TEXT NOT NULL REFERENCES device (device_id),
    part      TEXT NOT NULL,
    retention INTEGER NOT NULL,
    sha256    TEXT NOT NULL,
    report_id INTEGER NOT NULL,
    held      INTEGER NOT NULL CHECK (held IN (0, 1)),
    PRIMARY KEY (device_id, part)
) STRICT, WITHOUT ROWID;
CREATE INDEX standing_part_lacking ON standing_part (device_id, part) WHERE held = 0;

-- Until when the rows of a device stand that are kept for so many seconds. Every report prolongs it, and there are few
-- retentions, however many parts there are.
CREATE TABLE standing_until (
    device_id    TEXT NOT NULL REFERENCES device (device_id),
    retention    INTEGER NOT NULL,
    stored_until INTEGER NOT NULL,
    PRIMARY KEY (device_id, retention)
) STRICT, WITHOUT ROWID;
CREATE INDEX standing_until_by_expiry ON standing_until (stored_until);

-- The rows of a section in a part as they stand, with their salt: the base of the next difference.
DROP TABLE section;
CREATE TABLE section (
    device_id     TEXT NOT NULL REFERENCES device (device_id),
    part          TEXT NOT NULL,
    name          TEXT NOT NULL,
    digest        TEXT NOT NULL,
    row_count     INTEGER NOT NULL,
    rows          BLOB NOT NULL,
    key_id        INTEGER NOT NULL REFERENCES value_key (id),
    policy_sha256 TEXT NOT NULL,
    PRIMARY KEY (device_id, part, name)
) STRICT, WITHOUT ROWID;

-- Whatever deletes a value overwrites its key.
CREATE TRIGGER report_part_deleted AFTER DELETE ON report_part WHEN old.payload IS NOT NULL BEGIN
    UPDATE value_key SET used = 0, key = zeroblob(32) WHERE id = old.key_id;
END;
CREATE TRIGGER report_part_emptied AFTER UPDATE OF payload ON report_part
WHEN new.payload IS NULL AND old.payload IS NOT NULL BEGIN
    UPDATE value_key SET used = 0, key = zeroblob(32) WHERE id = old.key_id;
END;
CREATE TRIGGER section_deleted AFTER DELETE ON section BEGIN
    UPDATE value_key SET used = 0, key = zeroblob(32) WHERE id = old.key_id;
END;
