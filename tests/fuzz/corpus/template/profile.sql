-- Who an audience is made of, by two columns at once.
-- De qui un auditoire est fait, selon deux colonnes à la fois.
SELECT person, first, second
FROM a
