-- Which interests go together: those of the first audience against those of the second, in the same people.
-- Quels intérêts vont ensemble : ceux du premier auditoire face à ceux du second, chez les mêmes personnes.
SELECT a.person, a.genre AS first, b.genre AS second
FROM a
JOIN b USING (person)
