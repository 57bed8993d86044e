-- Releases over keys that aren't public spend delta beside rho: accounts carry both, in integers of 1e-18.
-- A release of another kind must stay possible where an officer has since lowered what thresholds may spend: the ledger then
-- keeps delta_unlocked at what was spent.

ALTER TABLE accounts ADD COLUMN delta_unlocked INTEGER NOT NULL DEFAULT 0 CHECK (delta_unlocked >= 0);
ALTER TABLE accounts ADD COLUMN delta_spent INTEGER NOT NULL DEFAULT 0
    CHECK (delta_spent >= 0 AND delta_spent <= delta_unlocked);
ALTER TABLE accounts ADD COLUMN delta_lifetime INTEGER NOT NULL DEFAULT 0 CHECK (delta_lifetime >= delta_spent);
ALTER TABLE debits ADD COLUMN delta INTEGER NOT NULL DEFAULT 0 CHECK (delta >= 0);

-- A release is now written with its kind; what was stored before were cells.
UPDATE answers SET release = '{"kind":"cells","values":' || release || '}' WHERE release LIKE '[%';
