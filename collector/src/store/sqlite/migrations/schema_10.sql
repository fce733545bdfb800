-- Schema version 10: what a sweep deletes is found without looking at everything there is.

CREATE INDEX security_event_by_device ON security_event (device_id);
CREATE INDEX token_by_device ON token (used_by_device) WHERE used_by_device IS NOT NULL;
DROP INDEX token_by_expiry;
CREATE INDEX unused_token_by_expiry ON token (expires_at) WHERE used_by_device IS NULL;
