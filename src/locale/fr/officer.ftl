# Le travail de la conformité : ententes, propositions, modèles, journal.

menu-agreements = Ententes
menu-agreements-what = Qui peut comparer quoi, et pour quelle finalité, en toutes phrases.
menu-proposals = Propositions
menu-proposals-what = Voir ce qu’une modification ouvre avant d’y consentir.
menu-templates = Modèles
menu-templates-what = Ce que chaque question calcule, et d’où vient ce qu’elle coûte.
menu-log = Journal
menu-log-what = Tout ce qui s’est passé chez vous, et la preuve que rien n’en a été effacé.

officer-of = { $user } ({ $member })
list-and = { $start } et { $end }
list-more = { $count } autres
questions-all = toutes les questions
questions-some = { $count ->
    [one] { $count } question
   *[other] { $count } questions
}
purposes-all = toutes les finalités
version = Version
versions = Versions
when = Quand
who = Qui
why = Pourquoi
state = État
file-source = Le fichier { $file }

agreements-lead = Ce que la salle laisse comparer aujourd’hui. Ces phrases sont tirées des politiques elles-mêmes : ce qu’elles disent est ce que la salle applique.
agreements-version = Version { $version } des politiques.
agreements-history = Toutes les versions
agreements-edit = Proposer une modification
agreements-permitted = Ce qui est permis
agreements-forbidden = Ce qui est interdit
agreements-none = Rien n’est permis : il n’y a pas d’entente.
agreements-forbid-wins = Une interdiction l’emporte toujours sur les permissions.
agreements-unanimity = Une question qui compare plusieurs auditoires a besoin de la permission de chacun d’eux.
agreements-if = À ces conditions
narrowed = Resserré
narrowed-what = Ces membres ont repris une partie de ce qui était permis sur leurs auditoires, en attendant qu’une proposition soit adoptée : { $members }. Les phrases ci-dessous ne le disent pas.
narrowed-lift = Lever ce que notre organisme a repris
grid-heading = Qui peut interroger quels auditoires
grid-what = Chaque case dit pour quelles finalités. Une case vide : aucune question n’y est permise.
grid-none = rien
audience = Auditoire
asker = Qui demande
owner = À qui
members-heading = Les membres et leurs auditoires
contact = À qui écrire
shape-list = liste
shape-events = événements
purposes-heading = Les finalités
files-heading = Les fichiers
files-what = Les politiques telles qu’elles sont écrites. « camerata policy show » les copie sur votre ordinateur.
audiences-none-declared = aucun

sentence-permit = { $who } peut comparer { $what }, { $why }, { $how }
sentence-permit-many = { $who } peuvent comparer { $what }, { $why }, { $how }
sentence-forbid = { $who } ne peut jamais comparer { $what }, { $why }, { $how }
sentence-forbid-many = { $who } ne peuvent jamais comparer { $what }, { $why }, { $how }
sentence-nobody = personne ne peut comparer { $what }, { $why }, { $how }
who-all = chaque membre
who-roles-all = { $roles } de chaque membre
who-roles = { $roles } de ces membres : { $members }
subject-marketer = le marketing
subject-officer = la conformité
subject-steward = l’intendance des données
what-all = tous les auditoires
what-lists = toutes les listes
what-events = tous les auditoires d’événements
what-owners = tous les auditoires de ces membres : { $owners }
what-owner = tous les auditoires de ce membre : { $owners }
what-none = aucun auditoire
what-own = ses propres auditoires, parmi { $what }
what-own-many = leurs propres auditoires, parmi { $what }
what-own-all = ses propres auditoires
what-own-all-many = leurs propres auditoires
why-any = pour toute finalité
why-none = pour aucune finalité
why-some = pour { $purposes }
how-any = par toute question approuvée
how-some = par { $questions }
how-many = { $count ->
    [one] par { $count } question approuvée
   *[other] par { $count } questions approuvées
}
asked-questions = Questions

versions-heading = L’histoire des ententes
versions-lead = Qui a proposé, approuvé et mis en vigueur quoi, et pourquoi. La plus récente d’abord.
version-heading = Version { $version }
version-in-force = Cette version est en vigueur.
version-past = Cette version n’est pas celle qui est en vigueur.
version-unreadable = Le programme d’aujourd’hui ne sait plus lire cette version en entier : voici ses fichiers.
version-restore = Proposer de revenir à cette version
happened-founded = Salle fondée
happened-proposed = Proposition
happened-approved = Accord donné
happened-refused = Refus
happened-retracted = Accord repris
happened-narrowed = Resserrement immédiat
happened-lifted = Resserrement levé
happened-withdrawn = Proposition retirée
happened-published = Mise en vigueur

proposals-lead = Ce qui ouvre quelque chose chez un membre attend son accord. Ce qui ferme chez soi ferme tout de suite.
proposals-none = Personne n’a encore rien proposé.
proposal-new = Proposer une modification
proposal = Proposition
proposal-heading = Proposition { $id }
proposal-by = Proposée par { $who }, le { $when }
proposal-awaits = attend votre accord
status-open = en attente
status-published = en vigueur
status-withdrawn = retirée
proposal-obstacle = Cette proposition ne peut entrer en vigueur telle quelle
proposal-nothing = Aucune comparaison ne s’ouvre ni ne se ferme.
proposal-masked = Ce qui est écrit derrière une interdiction
proposal-masked-what = Une interdiction le cache aujourd’hui. Si elle tombait, cela s’ouvrirait : c’est à chaque propriétaire d’en décider maintenant.
proposal-prohibited = Ce qui est interdit
proposal-prohibited-what = « S’ouvre » veut dire ici qu’une interdiction s’ajoute, « se ferme » qu’elle disparaît, même si rien d’autre ne permet la comparaison aujourd’hui.
proposal-agreed = Ce dont les membres ont convenu
proposal-agreed-what = Les titres, les sens et les chiffres font partie de l’accord : ils changent avec tous les membres nommés.
proposal-concerns = À approuver par : { $members }
proposal-common = Des règles communes à tous changent : les chiffres de confidentialité, les tarifs ou la tenue de la salle.
proposal-closed = Cette proposition est close. Ce qu’elle changeait dans les fichiers est ci-dessous.
proposal-effects = Ce que cela change
proposal-effects-what = Par rapport à ce qui est en vigueur aujourd’hui, pour toute question possible.
proposal-approvals = Qui doit y consentir
proposal-approvals-none = Personne : cela ne change rien pour un autre membre.
proposal-cases = Les cas de la conformité
proposal-cases-what = Des questions types, et la décision que la conformité en attend. Une proposition dont un cas ne tient pas est refusée.
proposal-files = Ce qui change dans les fichiers
proposal-yours = Votre organisme
approval = Accord
approval-given = donné par { $user }, le { $when }
approval-lapsed = caduc : les effets ont changé depuis
approval-refused = refusé
approval-awaited = attendu
approval-optional = facultatif : rien ne s’y ouvre
approve-heading = Consentir pour votre organisme
approve-what = Vous consentez à ce qui est écrit ci-dessus sous le nom de votre organisme. Si ces effets changent d’ici là, votre accord ne comptera plus.
approve = Approuver
retract = Reprendre notre accord
retract-what = Votre organisme a donné son accord.
comment = Commentaire
comment-hint = Facultatif si vous approuvez; si vous refusez, dites pourquoi. Tous les membres le liront.
refuse = Refuser
refuse-instead = Refuser plutôt
refuse-what = Dites pourquoi : tous les membres le liront. Votre accord sera repris, et la proposition n’entrera pas en vigueur sans un nouvel accord de votre organisme s’il est nécessaire.
opinions = Ce qu’en disent les membres
opinion-approves = { $user } ({ $member }) approuve, le { $when }
opinion-refuses = { $user } ({ $member }) refuse, le { $when }
opinion-lapsed = les effets ont changé depuis
proposed-own = Nul n’approuve sa propre proposition : la faire valait l’accord de votre organisme. Ce sont les autres membres concernés qui ont à répondre.
unconcerned = Cette proposition ne change rien pour votre organisme : il n’y a rien à approuver.
withdraw-proposal = Retirer cette proposition
effect-opens = s’ouvre
effect-closes = se ferme
effect-both = s’ouvre et se ferme en partie
effect-same = ne change pas
effects-of = Chez { $owner }
effect = Effet
effect-purposes = Finalités
effect-questions = Questions
effect-circumstances = Circonstances
case = Cas
case-expected = Attendu
case-got = Obtenu
case-holds = tient
case-fails = ne tient pas
case-permitted = permis
case-permitted-by = permis par { $by }
case-refused = refusé : aucune entente ne le permet
case-refused-by = refusé par { $by }
file-new = nouveau
file-gone = retiré
line-added = ajoutée
line-removed = retirée

editor-heading = Proposer une modification
editor-lead = Changez les fichiers : ce qui ne va pas s’affiche à mesure, avec la ligne et la colonne, et ce qui s’ouvrirait. Rien n’est en vigueur avant que chaque membre concerné y ait consenti.
editor-agreements = Les ententes
editor-others = Les autres fichiers
editor-changed = modifié
editor-remove = Retirer ce fichier
editor-new = Une nouvelle entente
editor-new-name = Nom du fichier
editor-new-hint = Sans accent ni espace : « ma-nouvelle-entente ». Laissez vide pour n’en ajouter aucune.
editor-new-text = Ce qu’elle dit
editor-text = Le texte de { $file }
editor-place = Ligne { $line }, colonne { $column }
editor-why = Pourquoi, en une phrase
editor-why-hint = Tous les membres la liront.
editor-check = Vérifier
editor-propose = Proposer
editor-checked = Vérification
editor-unchecked = Vérifiez avant de proposer : rien n’est encore envoyé.
editor-unchanged = Rien n’est modifié.
editor-conflict = Quelqu’un d’autre a mis en vigueur une autre version de ces fichiers pendant que vous écriviez : { $files }. Comparez avec ce qui est en vigueur, puis proposez de nouveau : votre texte est gardé.
editor-taken = Un fichier s’appelle déjà { $name } : changez-le ci-dessus, ou donnez un autre nom.
editor-consents = Auront à y consentir : { $members }.
editor-no-consent = Rien ne s’ouvre. Ce qui change des titres, des sens, des chiffres ou des interdictions demande l’accord de ceux que cela concerne : la proposition dira de qui.
check-holds = { $warnings ->
    [0] Tout tient.
    [one] Tout tient, avec { $warnings } avertissement.
   *[other] Tout tient, avec { $warnings } avertissements.
}
check-mistakes = { $count ->
    [one] { $count } erreur à corriger.
   *[other] { $count } erreurs à corriger.
}
check-more = et { $count } de plus
check-at = { $file }, ligne { $line }, colonne { $column }
check-warning = avertissement
check-mistake = erreur

templates-lead = Chaque question de la salle est un modèle approuvé. Il ne s’exécute que sur les auditoires des membres qui l’ont approuvé.
template = Modèle
template-failed = Retirée le { $when } : le moteur n’a pas pu exécuter cette version pour une question déjà payée, et tous les accords ont pris fin. Cherchez pourquoi avant de l’approuver de nouveau; les accords montrés plus bas ont été donnés depuis.
template-approved-by = approbations : { $given } sur { $all }
template-awaits = attend votre accord
template-with-room = Venu avec la salle
template-by = Proposé par { $who }, le { $when }
template-margin = Pour une marge de ± { $margin } personnes
template-derivation = D’où vient ce que cette question coûte
template-unit = Ce qui est protégé
template-unit-what = une personne, avec toutes ses rangées dans tous les auditoires de la salle
template-query = La requête du modèle : chaque rangée vient d’une seule personne
template-bounds = Ce qu’une personne peut changer au plus
template-statement = La requête qui s’exécute
template-noise = Le bruit qui s’ajoute
template-loss = La perte de confidentialité
template-takes = Ce qu’elle compare
template-new = Proposer un modèle
template-change = Modifier ce modèle
template-editor-lead = Un modèle est une requête et son manifeste : ce qu’il prend, ce qu’une personne peut y changer, ce qu’il publie. Ce qui ne va pas s’affiche à mesure, et d’où vient son coût. Il ne s’exécutera que sur les auditoires des membres qui l’auront approuvé.
template-editor-schema = Pour qu’une entente puisse permettre un modèle d’un nouveau nom, ajoutez-le à « schema.cedarschema ».
template-editor-manual = Comment écrire un modèle
template-editor-name = Nom
template-editor-name-hint = De a à z, 0 à 9, - et _. Le nom d’un modèle de la salle en propose une nouvelle version.
template-editor-unnamed = Donnez un nom au modèle : des lettres de a à z, des chiffres, - et _.
template-editor-toml = Le manifeste
template-editor-sql = La requête
template-editor-mistake = Le vérificateur s’arrête à ceci.
template-editor-holds = Le vérificateur l’accepte.
template-approve = Approuver pour notre organisme
template-approve-what = Le modèle pourra s’exécuter sur les auditoires de votre organisme, là où une entente le permet.
template-withdraw = Retirer notre accord
template-withdraw-what = Votre organisme a approuvé cette version. Retirer l’accord l’arrête aussitôt sur vos auditoires.
template-approvals = Qui l’a approuvé
template-files = Les fichiers du modèle
template-changes = Ce qui change par rapport à la version précédente
template-versions = Les versions
template-this = celle-ci
template-older = Ce n’est pas la version la plus récente.

log-lead = Ce que le journal dit de votre organisme et de ce qui concerne tout le monde. Chaque entrée est scellée : personne ne peut la changer sans que cela se voie, pas même qui tient la machine.
log-kind = Genre
log-any = Tout
log-from = Du
log-to = Au
log-who = Qui ou quoi
log-who-hint = Un nom court de membre, d’auditoire ou de personne, tel que les politiques l’écrivent.
log-search = Chercher
log-clear = Tout montrer
log-none = Aucune entrée ne répond à cette recherche.
log-position = Nº
log-what = Quoi
log-about = À propos de
log-older = Entrées plus anciennes
log-newest = Revenir aux plus récentes
log-export = Pour un tableur ou une archive : « camerata audit export ».
log-verify = Vérifier tout le journal
log-verify-what = La salle relit chaque entrée, refait l’arbre, le compare aux points de contrôle qu’elle a signés et à sa base de données.
log-holds = Le journal tient : { $size ->
    [one] { $size } entrée
   *[other] { $size } entrées
}, { $records ->
    [one] { $records } enregistrement de la base
   *[other] { $records } enregistrements de la base
}, { $checkpoints ->
    [one] { $checkpoints } point de contrôle
   *[other] { $checkpoints } points de contrôle
}.
log-does-not-hold = Le journal ne tient pas. Lus : { $size ->
    [one] { $size } entrée
   *[other] { $size } entrées
}, { $records ->
    [one] { $records } enregistrement de la base
   *[other] { $records } enregistrements de la base
}, { $checkpoints ->
    [one] { $checkpoints } point de contrôle
   *[other] { $checkpoints } points de contrôle
}. Prévenez les autres membres.
log-verified-by-room = C’est la salle elle-même qui le dit. Pour vérifier sans lui faire confiance, sur votre propre ordinateur : « camerata audit verify --room-url ADRESSE ».
log-root = Racine
log-checkpoint = Le point de contrôle signé
answer-number = Réponse
template-version = Version du modèle

entry-founded = Journal commencé
entry-key-changed = Clé de signature changée
entry-token-issued = Jeton délivré
entry-tokens-revoked = Jetons révoqués
entry-upload-opened = Téléversement commencé
entry-upload-stored = Auditoire téléversé
entry-upload-abandoned = Téléversement abandonné
entry-version-expired = Auditoire expiré et détruit
entry-erasure-begun = Effacement de personnes commencé
entry-people-erased = Personnes effacées d’un auditoire
entry-policy-founded = Premières politiques
entry-policy-proposed = Modification proposée
entry-policy-approved = Proposition approuvée
entry-policy-refused = Proposition refusée
entry-policy-retracted = Accord repris
entry-policy-narrowed = Auditoires resserrés
entry-policy-lifted = Resserrement levé
entry-policy-withdrawn = Proposition retirée
entry-policy-published = Politiques mises en vigueur
entry-templates-founded = Premiers modèles
entry-template-proposed = Modèle proposé
entry-template-approved = Modèle approuvé
entry-template-withdrawn = Accord retiré à un modèle
entry-template-failed = Modèle retiré : le moteur n’a pas pu l’exécuter
entry-refused = Question refusée
entry-charged = Question admise et payée
entry-answered = Question répondue
entry-delivered = Réponse donnée à un autre membre, qui paie sa part
entry-replayed = Réponse donnée de nouveau
entry-backed-up = Sauvegarde commencée
entry-witness-named = Clé de témoin annoncée
entry-restored = Salle restaurée
entry-invited = Invitation envoyée
entry-invitation-withdrawn = Invitation retirée
entry-user-joined = Nouvelle personne
entry-roles-changed = Rôles changés
entry-user-left = Départ d’une personne
entry-signed-in = Connexion
entry-signed-out = Déconnexion
entry-sign-in-held = Connexions refusées, après trop d’essais
entry-secrets-changed = Moyen de connexion changé
entry-passkey-refused = Clé d’accès refusée, peut-être copiée
entry-letters-chosen = Choix des lettres à recevoir

done-lifted = C’est levé : vos auditoires sont de nouveau ce que disent les ententes en vigueur.
done-proposed = La proposition est faite.
done-approved = Votre accord est donné.
done-published = Votre accord est donné, et la proposition est en vigueur.
done-refused = Votre refus est inscrit, avec sa raison.
done-retracted = Votre accord est repris.
done-withdrawn = La proposition est retirée.
done-template-proposed = Le modèle est proposé, et approuvé pour votre organisme.
done-template-approved = Le modèle est approuvé pour votre organisme.
done-template-withdrawn = L’accord est retiré : le modèle ne s’exécute plus sur vos auditoires.

course-heading = Ce que nos auditoires ont dépensé
course-what = Chaque marche est une question d’un autre membre sur nos auditoires. Les entrées « Question admise et payée » du journal disent lesquelles.
course-cap = Plafond : ε { $epsilon }
course-unlocked = Débloqué : ε { $epsilon }
course-spent = Dépensé : ε { $epsilon }
course-count = { $count ->
    [0] Aucune question depuis le début de la période.
    [one] { $count } question depuis le début de la période.
   *[other] { $count } questions depuis le début de la période.
}
