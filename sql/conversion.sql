-- Of the people on a list, how many bought within so many days of a date, by week.
-- Des personnes d’une liste, combien ont acheté dans les jours qui suivent une date, par semaine.
SELECT a.person, min(date_diff('day', $since, b.purchased)) // 7 AS week
FROM a
LEFT JOIN b ON a.person = b.person
  AND b.purchased >= $since
  AND date_diff('day', $since, b.purchased) < $days
GROUP BY a.person
