# Ce que toutes les pages ont, et la page d’accueil.

skip = Aller au contenu
other-language = English
menu = Vos pages
sign-in = Se connecter
sign-out = Se déconnecter
footer = Camerata : comparer des publics sans montrer la clientèle de personne.
back-to-front = Revenir à l’accueil
continue = Continuer
end = Mettre fin
change = Changer
withdraw = Retirer
yes = Oui
no = Non
you = vous
problem-reference = Référence à donner à qui tient la salle : { $reference }
role-marketer = marketing
role-officer = conformité
role-steward = intendance des données
role-host = hébergement de la salle

menu-users = Les gens
menu-users-what = Inviter, changer des rôles, voir partir.
menu-device = Relier un programme
menu-device-what = Approuver le code que montre « camerata login ».
menu-account = Mon compte
menu-account-what = Mot de passe, second facteur, sessions et jetons.

front-title = Salle blanche
front-heading = Savoir ensemble, sans rien montrer.
front-lead = Les organismes de la coopérative comparent leurs publics ici. Personne n’y voit la clientèle d’un autre : il n’en sort que des chiffres approuvés, brouillés juste assez pour que nul ne s’y reconnaisse.
front-one = Des listes hachées
front-one-what = Chaque membre transforme ses adresses en empreintes sur son propre ordinateur. La salle ne reçoit jamais une adresse.
front-two = Des questions approuvées
front-two-what = Les ententes disent qui peut comparer quoi, et pour quelle finalité. Ce qu’aucune entente ne permet n’est pas calculé.
front-three = Un journal que chacun vérifie
front-three-what = Tout ce qui se passe est inscrit dans un journal que personne ne peut réécrire, pas même qui tient la machine.
