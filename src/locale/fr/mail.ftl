# Lettres de la salle. Texte seul; une ligne vide sépare les paragraphes.

mail-hours = { $hours ->
    [one] { $hours } heure
   *[other] { $hours } heures
}
mail-minutes = { $minutes ->
    [one] { $minutes } minute
   *[other] { $minutes } minutes
}
mail-days = { $days ->
    [0] aujourd’hui
    [one] dans { $days } jour
   *[other] dans { $days } jours
}
mail-greeting = Bonjour,
mail-signature = { $room }
mail-role-marketer = marketing
mail-role-officer = conformité
mail-role-steward = intendance des données
mail-role-host = hébergement de la salle

mail-invitation-subject = Invitation à la salle blanche de votre coopérative
mail-invitation-body =
    On vous invite à la salle blanche pour { $member }, avec ce rôle : { $roles }.

    Ouvrez ce lien dans les prochaines { $hours } pour créer votre compte. Il ne sert qu’une fois :

    { $link }

    Si vous n’attendiez pas cette invitation, ne faites rien : sans ce lien, aucun compte n’est créé.

mail-invited-again-subject = Vous avez déjà un compte à la salle blanche
mail-invited-again-body =
    Quelqu’un vient d’inviter cette adresse au nom de { $member }, mais elle a déjà un compte. Rien n’a changé.

    Pour changer de rôle ou de membre, parlez à la personne responsable de la conformité.

mail-recovery-subject = Nouveau mot de passe
mail-recovery-body =
    On a demandé un nouveau mot de passe pour votre compte. Choisissez-le ici, dans les { $minutes } qui viennent :

    { $link }

    Votre second facteur reste le même. Si ce n’est pas vous, ne faites rien : votre mot de passe ne change pas.

mail-new-device-subject = Connexion d’un nouveau navigateur
mail-new-device-body =
    On s’est connecté à votre compte d’un navigateur qui n’avait pas encore servi, le { $at } :

    { $agent }

    Si c’est vous, c’est bien. Sinon, changez votre mot de passe tout de suite : cela met fin à toutes les autres sessions. Prévenez aussi la personne responsable de la conformité.

mail-secrets-changed-subject = { $what ->
    [password] Votre mot de passe a changé
    [second-factor] Votre second facteur a changé
    [passkey] Vos clés d’accès ont changé
    [directory] Votre compte est relié au répertoire de votre organisation
   *[recovery-codes] Vos codes de secours ont changé
}
mail-secrets-changed-body = { $what ->
    [password] Le mot de passe de votre compte a été changé le { $at }.
    [second-factor] Le second facteur de votre compte a été changé le { $at }.
    [passkey] Une clé d’accès a été ajoutée à votre compte ou en a été retirée le { $at }.
    [directory] Votre compte a été relié au répertoire de votre organisation le { $at } : on n’y entre plus que par là, et le mot de passe d’avant ne sert plus.
   *[recovery-codes] De nouveaux codes de secours ont remplacé les anciens le { $at }.
} Si ce n’est pas vous, prévenez tout de suite la personne responsable de la conformité de votre organisation.

mail-proposal-subject = Une proposition attend votre accord
mail-proposal-body =
    { $member } propose de changer les ententes (proposition № { $proposal }), et cela ouvre quelque chose de vos auditoires. Rien n’est en vigueur tant que vous n’avez pas approuvé.

    Ce qui change, et pour qui :

    { $link }

mail-template-proposal-subject = Un modèle d’analyse attend votre accord
mail-template-proposal-body =
    { $member } propose un modèle d’analyse, « { $template } ». Il ne tourne sur vos auditoires qu’une fois approuvé par vous.

    Ce qu’il calcule :

    { $link }

mail-template-failed-subject = Un modèle d’analyse a été retiré : le moteur n’a pas pu l’exécuter
mail-template-failed-body =
    Une question posée par le modèle « { $template } » a été payée et a échoué dans le moteur. Comme un échec peut dépendre de qui est dans les listes, il se dit à tout le monde de la même façon : plus aucun accord n’est en vigueur pour cette version, le vôtre non plus, et personne ne peut plus s’en servir.

    Qui tient la salle en trouve la cause dans son journal technique. Relisez ce que le modèle calcule, apprenez pourquoi il a échoué, et approuvez-le de nouveau si vous êtes d’accord; ou approuvez une version corrigée :

    { $link }

mail-expiring-subject = L’auditoire { $audience } expire { $when }
mail-expiring-body =
    L’auditoire { $audience } expire le { $date } : la salle le détruira, et plus personne ne pourra lui poser de question. Téléversez une nouvelle version si vous voulez qu’il serve encore.

mail-budget-subject = Budget de confidentialité : plus de { $percent } % dépensés
mail-budget-body =
    Le budget « { $account } » a dépensé plus de { $percent } % de ce qui est ouvert à ce jour. Les questions qui n’y tiennent plus seront refusées jusqu’à la prochaine ouverture mensuelle.

    { $link }

mail-preferences = Pour ne plus recevoir ce genre de lettre : { $link }
