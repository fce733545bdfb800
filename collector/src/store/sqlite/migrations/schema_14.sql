-- That a device was moved to another group. `placement` is the number of its newest one, which is announced to it from then on, and
-- `placement_seen` the highest under which it has reported.
CREATE TABLE placement (
    device_id  TEXT NOT NULL REFERENCES device (device_id),
    number     INTEGER NOT NULL,
    group_name TEXT NOT NULL,
    from_group TEXT NOT NULL,
    sha256     TEXT NOT NULL,
    envelope   BLOB NOT NULL,
    placed_at  INTEGER NOT NULL,
    PRIMARY KEY (device_id, number)
) STRICT, WITHOUT ROWID;
ALTER TABLE device ADD COLUMN placement INTEGER NOT NULL DEFAULT 0;
ALTER TABLE device ADD COLUMN placement_seen INTEGER NOT NULL DEFAULT 0;
-- The placement on which its first report rested: what its groups before that were announced never counted there.
ALTER TABLE device ADD COLUMN placement_first INTEGER;
UPDATE device SET placement_first = 0 WHERE last_report_at IS NOT NULL;
