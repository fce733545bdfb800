-- Schema version 5: what each device's agent understands, in place of its version, which is told to nobody.

ALTER TABLE device ADD COLUMN contract INTEGER NOT NULL DEFAULT 1;
ALTER TABLE device DROP COLUMN agent_version;
