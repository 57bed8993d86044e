//! The help of `camerata audit` and `camerata receipt` in French.

/// As the list above this module.
pub(super) const FRENCH: &[(&str, &str, &str)] = &[
    ("audit", "", "Vérifier, lister et exporter le journal de la salle"),
    (
        "audit verify",
        "",
        "Vérifier le journal entier : par l’API, sans faire confiance à la salle, ou avec --room sur la machine qui la tient",
    ),
    (
        "audit verify",
        "since",
        "Point de contrôle gardé (« audit checkpoint ») : le journal doit être celui-là, augmenté",
    ),
    (
        "audit verify",
        "room",
        "Dossier de la salle, sur la machine qui la tient : compare journal, base et points de contrôle",
    ),
    ("audit list", "", "Lister les entrées qui concernent votre membre"),
    ("audit", "from", "Seulement les entrées à partir de cette place du journal"),
    ("audit", "what", "Seulement ce genre d’entrée : charged, answered, upload-stored, policy-published, …"),
    ("audit", "about", "Seulement les entrées qui nomment cet auditoire, ce membre ou cette personne"),
    ("audit export", "", "Écrire dans un fichier les entrées qui concernent votre membre"),
    ("audit export", "file", "Fichier à écrire; il ne doit pas encore exister"),
    ("audit export", "format", "Écriture : jsonl garde chaque octet, csv s’ouvre dans un tableur"),
    ("audit checkpoint", "", "Afficher le dernier point de contrôle, en note signée"),
    (
        "audit trust",
        "",
        "Montrer ce que cette machine garde du journal de la salle, ou croire de nouveau la salle sur parole",
    ),
    (
        "audit trust",
        "again",
        "Oublier ce qui a été vu et croire de nouveau la salle sur parole : après une restauration acceptée",
    ),
    (
        "audit accept",
        "",
        "Accepter, comme responsable de la conformité, qu’une salle ait été remise à un état antérieur : ce qui avait été dépensé le reste",
    ),
    ("audit accept", "room", "Dossier de la salle"),
    (
        "audit cosign",
        "",
        "Se porter témoin du dernier point de contrôle, comme responsable de la conformité : avec sa propre clé, s’il prolonge ce que cette machine a vu",
    ),
    (
        "audit cosign",
        "key",
        "Fichier de votre clé de témoin; créé s’il n’existe pas [par défaut : avec ce que cette machine garde]",
    ),
    (
        "audit rotate",
        "",
        "Donner au journal d’une salle qui n’est pas servie une nouvelle clé de signature, que l’ancienne désigne",
    ),
    ("audit rotate", "room", "Dossier de la salle"),
    (
        "audit verify",
        "witness",
        "Clé publique d’un témoin que vous connaissez : le journal doit prolonger un point de contrôle qu’il a cosigné",
    ),
    ("receipt", "", "Garder le reçu d’une réponse, ou en vérifier un sans la salle"),
    ("receipt", "answer", "Réponse, par son numéro (voir « camerata answers »)"),
    ("receipt", "file", "Fichier à écrire; il ne doit pas encore exister"),
    (
        "receipt verify",
        "",
        "Vérifier un reçu hors ligne : qui l’a signé, ce qui a été demandé et à quelle perte, et que le journal le contient",
    ),
    ("receipt verify", "file", "Fichier du reçu"),
    ("receipt verify", "key", "Clé publique de la salle [par défaut : celles des salles à qui cette machine a parlé]"),
    ("receipt verify", "json", "Afficher en JSON ce que dit le reçu"),
];
