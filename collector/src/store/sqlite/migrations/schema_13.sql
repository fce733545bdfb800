-- Schema version 13: which reports a restore can have lost.

-- When the oldest of them can have been received: when the backup was made, or an earlier one whose reports some device has still to send
-- again. NULL where the store never came from a backup. Of one that did before this was written down, anything can be lost.
ALTER TABLE condition ADD COLUMN lost_from INTEGER;
UPDATE condition SET lost_from = 0 WHERE restored_at IS NOT NULL;
