-- Who is in which of two to six audiences: every region of their Venn diagram at once.
-- Qui se trouve dans lesquels de deux à six auditoires : toutes les régions de leur diagramme de Venn d’un coup.
SELECT person, audience
FROM audiences
