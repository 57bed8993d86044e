# Pourquoi on n'entre pas par le répertoire de son organisation.

sign-in-error-unknown = Ce membre n’a pas de répertoire ici.
sign-in-error-not-begun = Cette connexion a duré plus de dix minutes, a déjà servi, ou a commencé dans un autre navigateur. Recommencez.
sign-in-error-denied = Le répertoire de votre organisation ne vous a pas laissé entrer.
sign-in-error-unreachable = Le répertoire de votre organisation ne répond pas. Réessayez bientôt; si cela dure, prévenez votre service informatique.
sign-in-error-untrusted = Ce que dit le répertoire de votre organisation ne peut pas être vérifié. Recommencez; si cela dure, prévenez votre service informatique.
sign-in-error-address = Le répertoire de votre organisation ne donne pas de courriel qu’il ait vérifié.
sign-in-error-other-address = Le répertoire vous connaît sous un autre courriel que celui de ce compte : il n’est pas relié.
sign-in-error-no-role = Aucun de vos groupes ne donne de rôle dans cette salle. Parlez à votre service informatique.
sign-in-error-two-factors = Votre rôle demande deux facteurs, et le répertoire de votre organisation ne dit pas que vous les avez montrés. Parlez à votre service informatique.
sign-in-error-account-exists = Vous avez déjà un compte à mot de passe avec ce courriel. Connectez-vous par mot de passe et reliez votre compte au répertoire, ou demandez à la personne responsable de la conformité de mettre fin à l’ancien compte.
sign-in-error-ended = Votre compte a pris fin. Parlez à la personne responsable de la conformité de votre organisation.
sign-in-error-bound = Ce compte, ou cette identité du répertoire, est déjà relié.
sign-in-error-busy = Trop de connexions sont en cours. Réessayez bientôt.
sign-in-error-failed = La salle a échoué. Réessayez; si cela dure, prévenez qui la tient.
