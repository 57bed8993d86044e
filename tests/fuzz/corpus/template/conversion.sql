-- Of the people on a list, how many bought within so many days of a date, by week.
-- Des personnes d’une liste, combien ont acheté dans les jours qui suivent une date, par semaine.
SELECT a.person, date_diff('day', $since, bought.earliest) // 7 AS week
FROM a
LEFT JOIN (
  -- One row a person before the join, which is what makes it quick.
  SELECT person, min(purchased) AS earliest
  FROM b
  WHERE purchased >= $since AND date_diff('day', $since, purchased) < $days
  GROUP BY person
) AS bought USING (person)
