-- How many people are in both audiences.
-- Combien de personnes se trouvent dans les deux auditoires.
SELECT person
FROM a
SEMI JOIN b USING (person)
