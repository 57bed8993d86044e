-- What people spent, in all and on average.
-- Ce que les gens ont dépensé, en tout et en moyenne.
SELECT person, sum(amount) AS spent
FROM a
WHERE purchased >= $since
GROUP BY person
