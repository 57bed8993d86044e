-- Releases over keys that aren't public spend delta beside rho: accounts carry both, in integers of 1e-18.
-- A release of another kind must stay possible where an officer has since lowered what thresholds may spend: the ledger then
-- keeps delta_unlocked at what was spent.

ALTER TABLE accounts ADD COLUMN delta_unlocked INTEGER NOT NULL DEFAULT 0 CHECK (delta_unlocked >= 0);
ALTER TABLE accounts ADD COLUMN delta_spent INTEGER NOT NULL DEFAULT 0
    CHECK (delta_spent >= 0 AND delta_spent <= delta_unlocked);
ALTER TABLE accounts ADD COLUMN delta_lifetime INTEGER NOT NULL DEFAULT 0 CHECK (delta_lifetime >= delta_spent);
ALTER TABLE debits ADD COLUMN delta INTEGER NOT NULL DEFAULT 0 CHECK (delta >= 0);

-- An answer is now stored as it is told. What was stored before was one count, `[n]`; under 20, the least of the sample policies, it
-- stays withheld.
UPDATE answers SET release = (
    SELECT json_object('keys', json('[]'), 'derived', json('[]'),
        'withheld', json(iif(json_extract(release, '$[0]') < 20, 'true', 'false')),
        'figures', json_array(json_object('part', 'persons', 'unit', 'persons',
            'value', iif(json_extract(release, '$[0]') < 20, NULL, json_extract(release, '$[0]')),
            'shown', iif(json_extract(release, '$[0]') < 20, NULL, json_extract(release, '$[0]')),
            'margin', charges.margin,
            'interval', iif(json_extract(release, '$[0]') < 20, NULL,
                json_array(json_extract(release, '$[0]') - charges.margin, json_extract(release, '$[0]') + charges.margin)),
            'withheld', json(iif(json_extract(release, '$[0]') < 20, 'true', 'false')))))
    FROM charges WHERE charges.id = answers.charge)
WHERE release LIKE '[%';
