-- The interests that most people of an audience share.
-- Les intérêts que partagent le plus de personnes d’un auditoire.
SELECT person, genre
FROM a
