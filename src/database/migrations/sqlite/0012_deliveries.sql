-- What an account has spent, by the months since the founding, so that a change of the period's length forgets nothing. A month counts at
-- least until the end of the longest period in which it was debited.
CREATE TABLE account_months (
    account      TEXT NOT NULL REFERENCES accounts (account),
    month        INTEGER NOT NULL CHECK (month >= 0),
    counts_until INTEGER NOT NULL CHECK (counts_until > month),
    rho          INTEGER NOT NULL CHECK (rho > 0),
    delta        INTEGER NOT NULL CHECK (delta >= 0),
    PRIMARY KEY (account, month)
) STRICT;

-- Who has borne the loss of which charge, and so has its answer: its payer, and each other member once it was debited for it.
CREATE TABLE deliveries (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    charge    INTEGER NOT NULL REFERENCES charges (id),
    member    TEXT NOT NULL,
    question  TEXT NOT NULL,
    policy    TEXT NOT NULL,
    delivered TEXT NOT NULL,
    UNIQUE (charge, member)
) STRICT;
CREATE INDEX deliveries_member ON deliveries (member, charge);

-- A delivery to another member debits accounts later than the charge did.
ALTER TABLE debits ADD COLUMN debited TEXT NOT NULL DEFAULT '';
UPDATE debits SET debited = (SELECT charged FROM charges WHERE charges.id = debits.charge);
