-- Schema version 2: when a report's content was deleted, and an index of what is still to be deleted.

ALTER TABLE report ADD COLUMN deleted_at INTEGER;
CREATE INDEX report_by_expiry ON report (stored_until) WHERE payload IS NOT NULL;
