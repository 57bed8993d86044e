-- Une phrase : à quelle question ce modèle répond.
-- One sentence: which question this template answers.
--
-- Chaque rangée doit venir des rangées de la même personne : joignez sur `person`, regroupez par `person`.
-- Every row must come from the rows of the same person: join on `person`, group by `person`.
SELECT a.person, a.region
FROM a
SEMI JOIN b USING (person)
