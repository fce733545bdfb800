-- The newest root that a device said it follows; 0 before it said so. No device may be left with an authority that it has not heard of.
ALTER TABLE device ADD COLUMN root INTEGER NOT NULL DEFAULT 0;
