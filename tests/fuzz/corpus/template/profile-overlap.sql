-- How those of an audience who are in another one differ from all of it.
-- En quoi les personnes d’un auditoire qui sont dans un autre diffèrent de l’ensemble.
SELECT a.person, coalesce(inside.yes, false) AS both, a.by
FROM a
LEFT JOIN (SELECT person, count(*) > 0 AS yes FROM b GROUP BY person) AS inside USING (person)
