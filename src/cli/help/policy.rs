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
    ("policy", "proposal", "La proposition, par son numéro"),
    ("policy", "why", "Pourquoi, en une phrase; tout le monde la lit"),
    (
        "policy propose",
        "",
        "Proposer un dossier à la salle : ce qu’il ouvre attend les propriétaires, ce qu’il ferme chez vous l’est aussitôt",
    ),
    (
        "policy proposals",
        "",
        "Lister les propositions, ou en montrer une : ce qu’elle ouvre et ferme, et qui doit être d’accord",
    ),
    ("policy approve", "", "Approuver ce qu’une proposition change aux auditoires de votre membre"),
    ("policy approve", "effects", "Ce qui a été lu : l’empreinte que « policy proposals N » montre pour votre membre"),
    (
        "policy withdraw",
        "",
        "Reprendre l’accord de votre membre tant que la proposition attend, ou retirer la proposition de votre membre",
    ),
    ("policy withdraw", "approval", "Reprendre l’accord; la proposition demeure"),
    (
        "policy lift",
        "",
        "Lever ce que votre membre a fermé d’avance : ses auditoires sont de nouveau ce que dit la version publiée",
    ),
    (
        "policy log",
        "",
        "Montrer ce qui est arrivé aux politiques : qui a proposé, approuvé, publié quoi, quand et pourquoi",
    ),
    ("policy show", "", "Montrer les fichiers d’une version, ou de celle en vigueur; ou les écrire dans un dossier"),
    ("policy show", "version", "La version [par défaut : celle en vigueur]"),
    ("policy show", "out", "Un nouveau dossier où écrire les fichiers"),
    ("policy restore", "", "Proposer de nouveau une version antérieure"),
    ("policy restore", "version", "La version : voir « camerata policy log »"),
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
];
