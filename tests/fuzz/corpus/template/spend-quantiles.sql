-- What a quarter, half and three quarters of the buyers spent at most.
-- Ce que le quart, la moitié et les trois quarts des acheteurs ont dépensé au plus.
SELECT person, sum(amount) AS spent
FROM a
WHERE purchased >= $since
GROUP BY person
