-- The days on which many people bought.
-- Les jours où beaucoup de gens ont acheté.
SELECT person, purchased
FROM a
WHERE purchased >= $since
