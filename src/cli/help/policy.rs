//! The help of `camerata policy` in French.

/// As the list above this module.
pub(super) const FRENCH: &[(&str, &str, &str)] = &[
    ("policy", "", "Vérifier, essayer, lire et mettre en forme un dossier de politiques"),
    (
        "policy check",
        "",
        "Vérifier chaque fichier d’un dossier de politiques et en jouer les cas; finit par 3 s’il y a une erreur",
    ),
    ("policy", "dir", "Dossier des politiques"),
    (
        "policy fmt",
        "",
        "Mettre en forme les ententes d’un dossier de politiques, commentaires compris; finit par 3 si l’une ne peut l’être",
    ),
    ("policy fmt", "check", "Ne rien écrire : lister les fichiers à mettre en forme, et finir par 3 s’il y en a"),
    ("policy test", "", "Jouer les cas d’un dossier de politiques, un par ligne; finit par 3 si l’un ne tient pas"),
    ("policy test", "json", "Afficher les résultats en JSON"),
    ("policy matrix", "", "Montrer qui peut comparer quoi, pour quelles finalités et dans quelles circonstances"),
    ("policy matrix", "asker", "Seulement ce que ce membre peut demander"),
    ("policy matrix", "owner", "Seulement les auditoires de ce membre"),
    ("policy matrix", "purpose", "Seulement ce qui est permis pour cette finalité"),
    ("policy matrix", "json", "Afficher les permissions en JSON"),
    ("policy matrix", "csv", "Afficher les permissions en CSV, pour un tableur"),
    ("policy check", "strict", "Prendre les avertissements pour des erreurs"),
    (
        "policy diff",
        "",
        "Montrer quelles comparaisons un changement du dossier des politiques ouvre et ferme, pour chaque propriétaire",
    ),
    ("policy diff", "old", "Dossier tel qu’il est"),
    ("policy diff", "new", "Dossier tel qu’il serait"),
    ("policy diff", "json", "Afficher les effets en JSON"),
    (
        "policy explain",
        "",
        "Expliquer comment une question serait décidée et ce qui devrait changer; finit par 1 si elle est refusée",
    ),
    ("policy explain", "asker", "Membre qui demande"),
    ("policy explain", "role", "Ce que la personne qui demande y fait : marketer, officer ou steward"),
    ("policy explain", "template", "Modèle d’analyse"),
    ("policy explain", "audiences", "Auditoires comparés"),
    ("policy explain", "purpose", "Finalité : à quoi servirait la réponse"),
    ("policy explain", "columns", "Colonnes employées, séparées par des virgules"),
    ("policy explain", "epsilon", "Ce qu’elle coûte, en ε"),
    (
        "policy explain",
        "date",
        "Quand elle est posée : un jour (2027-06-30, dès 0 h UTC) ou un moment (2027-06-30T12:00:00Z); maintenant, sinon",
    ),
    ("policy explain", "json", "Afficher l’explication en JSON"),
];
