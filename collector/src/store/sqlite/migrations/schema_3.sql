-- Schema version 3: what is kept for a time belongs to a part of a report; what several processes share.

-- Signed bytes that are kept and deleted together. Today a report has one part, number 0.
CREATE TABLE report_part (
    report_id    INTEGER NOT NULL REFERENCES report (id),
    part         INTEGER NOT NULL,
    stored_until INTEGER NOT NULL,
    payload      BLOB,
    deleted_at   INTEGER,
    PRIMARY KEY (report_id, part)
) STRICT;
INSERT INTO report_part (report_id, part, stored_until, payload, deleted_at)
    SELECT id, 0, stored_until, payload, deleted_at FROM report ORDER BY id;
CREATE INDEX report_part_by_expiry ON report_part (stored_until) WHERE payload IS NOT NULL;
DROP INDEX report_by_expiry;
ALTER TABLE report DROP COLUMN payload;
ALTER TABLE report DROP COLUMN stored_until;
ALTER TABLE report DROP COLUMN deleted_at;

-- The part of the report `report_id` that the rows came with, or that said last that they stand.
ALTER TABLE section ADD COLUMN part INTEGER NOT NULL DEFAULT 0;

-- Nonces of signed requests, until they expire.
CREATE TABLE used_nonce (
    key_id       TEXT NOT NULL,
    nonce_sha256 TEXT NOT NULL,
    expires_at   INTEGER NOT NULL,
    PRIMARY KEY (key_id, nonce_sha256)
) STRICT, WITHOUT ROWID;
CREATE INDEX used_nonce_by_expiry ON used_nonce (expires_at);

-- Work that one process at a time does for all of them.
CREATE TABLE lease (
    name       TEXT PRIMARY KEY,
    holder     TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What each device had stored, by day: days since 1970-01-01.
CREATE TABLE device_usage (
    device_id TEXT NOT NULL,
    day       INTEGER NOT NULL,
    reports   INTEGER NOT NULL,
    bytes     INTEGER NOT NULL,
    PRIMARY KEY (device_id, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX device_usage_by_day ON device_usage (day);
