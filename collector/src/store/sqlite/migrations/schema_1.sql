-- Schema version 1. Frozen: a later version is a file of its own, and this one is never edited.
-- Instants are seconds since 1970-01-01T00:00:00Z; digests and key ids are text as in documents.
-- No table has a column for a network address.

CREATE TABLE root (
    version  INTEGER PRIMARY KEY,
    sha256   TEXT NOT NULL UNIQUE,
    envelope BLOB NOT NULL,
    added_at INTEGER NOT NULL
) STRICT;

CREATE TABLE policy (
    group_name   TEXT NOT NULL,
    version      INTEGER NOT NULL,
    sha256       TEXT NOT NULL,
    envelope     BLOB NOT NULL,
    published_at INTEGER NOT NULL,
    PRIMARY KEY (group_name, version)
) STRICT;
CREATE INDEX policy_by_digest ON policy (sha256);

CREATE TABLE admin_token (
    sha256     TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL
) STRICT;

-- One-time enrolment tokens; the token itself is never stored.
CREATE TABLE token (
    sha256         TEXT PRIMARY KEY,
    group_name     TEXT NOT NULL,
    created_at     INTEGER NOT NULL,
    expires_at     INTEGER NOT NULL,
    revoked_at     INTEGER,
    used_at        INTEGER,
    used_by_device TEXT,
    used_by_key    TEXT
) STRICT;

-- Nonces of enrolment challenges that were used. Those that were only given out are not kept.
CREATE TABLE used_challenge (
    nonce_sha256 TEXT PRIMARY KEY,
    expires_at   INTEGER NOT NULL
) STRICT;

CREATE TABLE device (
    device_id     TEXT PRIMARY KEY,
    group_name    TEXT NOT NULL,
    agent_version TEXT NOT NULL,
    enrolled_at   INTEGER NOT NULL,
    revoked_at    INTEGER,
    last_report_at INTEGER,
    record        BLOB NOT NULL
) STRICT;

CREATE TABLE device_key (
    key_id     TEXT PRIMARY KEY,
    device_id  TEXT NOT NULL REFERENCES device (device_id),
    jwk        TEXT NOT NULL,
    added_at   INTEGER NOT NULL,
    retired_at INTEGER
) STRICT;
CREATE INDEX device_key_by_device ON device_key (device_id);

CREATE TABLE report (
    id             INTEGER PRIMARY KEY,
    device_id      TEXT NOT NULL REFERENCES device (device_id),
    stream         TEXT NOT NULL,
    seq            INTEGER NOT NULL,
    sha256         TEXT NOT NULL,
    prev           TEXT,
    key_id         TEXT NOT NULL,
    policy_version INTEGER NOT NULL,
    policy_sha256  TEXT NOT NULL,
    created_at     INTEGER NOT NULL,
    received_at    INTEGER NOT NULL,
    stored_until   INTEGER NOT NULL,
    gap_from       INTEGER,
    signature      TEXT NOT NULL,
    payload        BLOB,
    receipt        BLOB NOT NULL,
    UNIQUE (device_id, stream, seq)
) STRICT;

-- The rows that each device's last report left, by section: the base of the next difference.
CREATE TABLE section (
    device_id     TEXT NOT NULL REFERENCES device (device_id),
    name          TEXT NOT NULL,
    digest        TEXT NOT NULL,
    row_count     INTEGER NOT NULL,
    rows          BLOB NOT NULL,
    policy_sha256 TEXT NOT NULL,
    report_id     INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    stored_until  INTEGER NOT NULL,
    PRIMARY KEY (device_id, name)
) STRICT, WITHOUT ROWID;

-- What an administrator should look at. One row a device, kind and hour, so that nobody can fill it.
CREATE TABLE security_event (
    id          INTEGER PRIMARY KEY,
    hour        INTEGER NOT NULL,
    kind        TEXT NOT NULL,
    device_id   TEXT NOT NULL,
    count       INTEGER NOT NULL,
    last_stream TEXT,
    last_seq    INTEGER,
    UNIQUE (hour, kind, device_id)
) STRICT;
