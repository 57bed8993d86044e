-- How many people several audiences reach together, and what each adds to those before it.
-- Combien de personnes plusieurs auditoires rejoignent ensemble, et ce que chacun ajoute aux précédents.
SELECT person, audience
FROM audiences
