-- Schema version 11: which versions of the policy all rows of a device were last held to, as the head of that time names them. What
-- is computed from rows goes by these. Empty until the next report.

ALTER TABLE standing ADD COLUMN versions TEXT NOT NULL DEFAULT '';
ALTER TABLE section DROP COLUMN policy_sha256;
