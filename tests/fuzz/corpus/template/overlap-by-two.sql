-- The people in both audiences, by two columns of the first.
-- Les personnes des deux auditoires, selon deux colonnes du premier.
SELECT a.person, a.by, a.also
FROM a
SEMI JOIN b USING (person)
