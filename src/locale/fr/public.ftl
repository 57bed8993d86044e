# Ce qui est pour tout le monde : le registre, la promesse, la documentation, l’accessibilité.

about = La salle
register = Le registre
register-lead = Ce que la salle détient, ce qu’on lui a demandé et ce que cela a coûté en confidentialité. Cette page est publique : chacun peut la lire sans compte.
register-promise = Ce que la salle promet à qui figure peut-être dans une liste
register-members = Qui apporte quoi
register-uploaded-for = { $now } (appelée « { $then } » quand la liste a été téléversée)
register-contact = Pour toute question sur vos renseignements, ou pour les faire effacer : { $contact }
register-no-audience = Ce membre n’apporte pas de liste.
register-audience = Liste
register-columns = Ce qu’elle dit de chaque personne
register-purposes = Finalités permises
register-basis = Consentement ou base légale
register-expires = Détruite le
register-empty = Déclarée; la salle n’en détient rien en ce moment.
register-templates = Ce qui peut être demandé
register-templates-what = Une question n’est calculée que si son modèle est approuvé par chaque propriétaire des listes, et si les ententes la permettent.
register-spent = Ce qui fut dépensé
register-spent-what = Chaque réponse dépense un peu de la confidentialité des gens; à un plafond, la salle refuse. Les pertes sont des ε, à δ = { $delta }.
register-questions = Ce qui fut demandé
register-count = { $count ->
    [0] Aucune question n’a encore reçu de réponse.
    [one] Une question a reçu une réponse. Les réponses elles-mêmes ne sont vues que par qui les a demandées.
   *[other] { $count } questions ont reçu une réponse. Les réponses elles-mêmes ne sont vues que par qui les a demandées.
}
register-day = Jour
register-asker = Demandé par
register-log = Le journal
register-log-what = Tout ce qui précède est inscrit dans un journal que personne ne peut réécrire. Voici son état, signé par la salle : gardez-le, et vous pourrez vérifier plus tard que rien n’en a disparu.
register-json = Le même registre pour les programmes (JSON)

promise = Ce que la salle promet
promise-lead = Que vous figuriez ou non dans une liste, ce que la salle répond est presque aussi probable. Qui lit la réponse ne peut donc presque rien apprendre sur vous.
promise-one = Les organismes ne s’échangent pas leurs listes. Chacun transforme ses adresses en empreintes sur son propre ordinateur; la salle compare des empreintes, et ne publie que des totaux.
promise-two = Un total exact peut trahir quelqu’un : si on demande le même total avec et sans vous, la différence, c’est vous. La salle ajoute donc à chaque total un nombre tiré au sort. La marge d’erreur en dit l’ampleur.
promise-table = Ce qu’un curieux peut deviner
promise-table-what = Quelqu’un sait tout de la liste, sauf si vous y êtes; à pile ou face, il devinerait juste 500 fois sur 1 000. Voici ce que lui apporte la lecture d’un total, selon sa marge.
promise-margin = Marge, en personnes
promise-guesses = Juste, sur 1 000 fois
promise-many = Et s’il pose beaucoup de questions?
promise-many-what = Chaque réponse dépense d’un budget que toute la salle partage. Quand il est épuisé, la salle refuse. Reposer la même question redonne la même réponse à qui l’a déjà : on ne peut pas user le hasard en répétant.
promise-together = Tout ce que la salle répond en { $months } mois tient dans ε = { $epsilon } : quelqu’un qui hésite à une chance sur deux sur votre présence en arrive, au plus, à { $sure } sur 100 après avoir tout lu (à δ = { $delta } près).
promise-not = Ce qui n’est pas promis
promise-not-what = Ce qui est vrai d’un groupe reste visible : si la plupart des amateurs de jazz vont au théâtre, on l’apprendra, et on le supposera de vous si on sait que vous aimez le jazz. C’est à cela que sert la salle. Et un membre connaît sa propre liste.
promise-proof = La garantie en entier, avec sa preuve
toy = Essayez
toy-what = Camille figure dans la liste une fois sur deux, au hasard. Lisez le total, et devinez. Élargissez ensuite la marge, et voyez ce qui vous reste.
toy-margin = Marge d’erreur
toy-margin-is = ± %1 personnes.
toy-best = Même le meilleur curieux ne devine juste que %1 fois sur 100.
toy-guess = La salle répond : environ %1 personnes. Sans Camille, la liste en compte %2; avec, %3.
toy-in = Camille y est
toy-out = Camille n’y est pas
toy-right = Juste!
toy-wrong = Raté.
toy-score = %1 sur %2 jusqu’ici.

documentation = Documentation
documentation-lead = Celle de cette version de la salle, servie par la salle elle-même.
documentation-api = L’interface pour les programmes (OpenAPI)

accessibility = Accessibilité
accessibility-lead = Ces pages sont faites pour que chacun puisse s’en servir, selon les règles WCAG 2.2, niveau AA.
accessibility-keyboard = Tout se fait au clavier, dans l’ordre de la page; ce qui a le focus se voit, et un lien mène tout de suite au contenu.
accessibility-charts = Chaque graphique a un titre et une description, et les mêmes chiffres se trouvent dans un tableau à côté.
accessibility-scripts = Les pages servent sans scripts, sauf le hachage d’une liste dans le navigateur, les clés d’accès et le jeu de la page « Ce que la salle promet ».
accessibility-colours = Rien n’est dit par la couleur seule; clair ou sombre suit le réglage de votre appareil; le texte s’agrandit sans se perdre.
accessibility-motion = Rien ne bouge ni ne clignote, et rien ne se fait entendre.
accessibility-tested = Comment c’est vérifié
accessibility-tested-what = À chaque changement, axe-core examine chaque page dans un vrai navigateur, en français et en anglais, en clair et en sombre; il ne doit rien trouver. Un outil ne voit pas tout : personne d’autre n’a encore audité ces pages.
accessibility-limits = Ce que nous savons imparfait
accessibility-limits-what = Les grilles d’affinités ont beaucoup de cases : un lecteur d’écran les suit mieux dans le tableau. Les documents techniques ont des tableaux larges, qu’on fait défiler. Un document en deux langues sans partie propre à la vôtre est montré en entier.
accessibility-tell = Quelque chose vous arrête?
accessibility-tell-what = Dites-le au membre qui vous a invité, ou à qui tient la salle : leurs adresses sont dans le registre.
