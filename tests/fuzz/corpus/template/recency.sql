-- How many months ago people last bought.
-- Depuis combien de mois les gens ont acheté pour la dernière fois.
SELECT person, least(date_diff('month', max(purchased), $as_of), 24) AS months
FROM a
WHERE purchased <= $as_of
GROUP BY person
