-- What people spent by interest, in all and on average.
-- Ce que les gens ont dépensé selon l’intérêt, en tout et en moyenne.
SELECT person, genre, sum(amount) AS spent
FROM a
WHERE purchased >= $since
GROUP BY person, genre
