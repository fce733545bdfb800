-- Schema version 4: to whom values of devices were shown, and for which purpose.

-- One row per hour, operation, actor, purpose and device, so that nobody can fill it.
CREATE TABLE access (
    id        INTEGER PRIMARY KEY,
    hour      INTEGER NOT NULL,
    operation TEXT NOT NULL,
    actor     TEXT NOT NULL,
    purpose   TEXT NOT NULL,
    device_id TEXT NOT NULL,
    count     INTEGER NOT NULL,
    UNIQUE (hour, operation, actor, purpose, device_id)
) STRICT;
