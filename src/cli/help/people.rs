//! The help of `camerata login`, `logout`, `whoami`, `letters` and `user` in French.

/// As the list above this module.
pub(super) const FRENCH: &[(&str, &str, &str)] = &[
    ("login", "", "Connecter cette machine : approuvez son code dans le navigateur"),
    ("login", "url", "Adresse de la salle [par défaut : --room-url]"),
    ("login", "name", "Nom de cette machine dans la liste des jetons"),
    ("logout", "", "Déconnecter cette machine : mettre fin à son jeton, et l’oublier"),
    ("whoami", "", "Dire qui est connecté, et dans quels rôles"),
    ("letters", "", "Montrer quelles lettres la salle vous envoie, ou en refuser et en redemander"),
    ("letters", "off", "Sorte de lettre à ne plus recevoir; à répéter pour plusieurs"),
    ("letters", "on", "Sorte de lettre à recevoir de nouveau; à répéter pour plusieurs"),
    ("user", "", "S’occuper des personnes d’un membre"),
    ("user invite", "", "Inviter quelqu’un : un lien bon une seule fois, pendant 72 heures"),
    ("user invite", "email", "Courriel de la personne"),
    ("user invite", "roles", "Rôle : marketer, officer, steward ou host; à répéter pour plusieurs"),
    ("user invite", "host", "Comme --role host, pour le membre qui exploite la salle"),
    ("user invite", "member", "Membre de la personne [par défaut : le vôtre]"),
    ("user invite", "language", "Langue de la personne : fr ou en [par défaut : celle du membre; avec --room, fr]"),
    ("user invite", "room", "Dossier de la salle, sur sa machine : affiche le lien au lieu de le faire envoyer"),
    ("user list", "", "Lister les personnes de votre membre"),
    ("user roles", "", "Donner à quelqu’un ces rôles et aucun autre, aussitôt"),
    ("user roles", "id", "Numéro de la personne : voir « camerata user list »"),
    ("user roles", "roles", "Rôle : marketer, officer, steward ou host; à répéter pour plusieurs"),
    ("user end", "", "Mettre fin au compte de quelqu’un, aussitôt et pour de bon"),
    ("user end", "id", "Numéro de la personne : voir « camerata user list »"),
];
