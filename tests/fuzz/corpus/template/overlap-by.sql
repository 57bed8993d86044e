-- The people in both audiences, by a column of the first.
-- Les personnes des deux auditoires, selon une colonne du premier.
SELECT a.person, a.by
FROM a
SEMI JOIN b USING (person)
