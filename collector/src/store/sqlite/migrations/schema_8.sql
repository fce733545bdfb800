-- Schema version 8: an end for what remains when values are gone, and a record of what was deleted.

-- How long records are kept under a policy, in seconds; 400 days where it was published before policies said so.
ALTER TABLE policy ADD COLUMN records INTEGER NOT NULL DEFAULT 34560000;

-- When the row goes.
ALTER TABLE report ADD COLUMN records_until INTEGER NOT NULL DEFAULT 0;
UPDATE report SET records_until = received_at + 34560000;
CREATE INDEX report_by_end ON report (records_until);
ALTER TABLE device ADD COLUMN records_until INTEGER NOT NULL DEFAULT 0;
UPDATE device SET records_until = max(enrolled_at, coalesce(last_report_at, 0)) + 34560000;
CREATE INDEX device_by_end ON device (records_until);
CREATE INDEX token_by_expiry ON token (expires_at);

-- Up to which number the reports of a stream are forgotten: one of these is not taken again.
CREATE TABLE forgotten (
    device_id TEXT NOT NULL REFERENCES device (device_id),
    stream    TEXT NOT NULL,
    seq       INTEGER NOT NULL,
    PRIMARY KEY (device_id, stream)
) STRICT, WITHOUT ROWID;

-- How much of what was deleted in an hour. It names nobody.
CREATE TABLE deletion (
    hour  INTEGER NOT NULL,
    kind  TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (hour, kind)
) STRICT, WITHOUT ROWID;
