# Se connecter, et son propre compte.

email = Courriel
password = Mot de passe
name = Nom
roles = Rôles
member = Membre
browser = Navigateur
since = Depuis
until = Jusqu’à
last-used = Dernier usage
this-one = celui-ci
two-factors = Deux facteurs
password-hint = Au moins 12 caractères. Quelques mots qui ne vont pas ensemble valent mieux qu’un mot compliqué.

sign-in-wrong = Ce n’est pas la bonne adresse ou le bon mot de passe. Après quelques essais, il faut attendre.
sign-in-later = { $seconds ->
    [one] Trop d’essais. Réessayez dans { $seconds } seconde.
   *[other] Trop d’essais. Réessayez dans { $seconds } secondes.
}
sign-in-again = Reprendre la connexion du début
password-lost = J’ai perdu mon mot de passe

code-title = Second facteur
code-lead = Donnez le code à six chiffres que montre votre application.
code = Code
code-wrong = Ce code ne va pas : il est faux, déjà employé, ou d’un autre moment. Attendez le prochain, ou reprenez la connexion du début.
recovery-code-instead = Je n’ai pas mon téléphone
recovery-code = Code de secours
recovery-code-hint = Un de ceux que vous avez gardés en lieu sûr. Chacun ne sert qu’une fois.

enrol-title = Préparer le second facteur
enrol-lead = Vos rôles demandent deux facteurs : le mot de passe, et un code qui change, fait par une application de votre téléphone (toute application TOTP convient).
enrol-scan = Dans l’application, ajoutez un compte en lisant ce carré.
enrol-qr = Code QR à lire avec l’application
enrol-type = Je ne peux pas le lire : taper la clé
enrol-code = Donnez le code que l’application montre maintenant

recovery-codes = Vos codes de secours
recovery-codes-lead = Chacun remplace une fois le code de l’application, si vous n’avez pas votre téléphone. Gardez-les en lieu sûr, hors de cet ordinateur : ils ne seront plus montrés.
recovery-codes-kept = Je les ai gardés

invitation-title = Invitation
invitation-heading = { $member } vous invite à la salle blanche
invitation-roles = Vos rôles :
invitation-two-factors = À la prochaine étape, vous préparerez un second facteur : ayez votre téléphone à portée de main.
invitation-accept = Créer mon compte
your-name = Votre nom
your-name-hint = Vos collègues le verront, et le journal le garde.
letters-language = Langue des courriels

gone-title = Ce lien ne vaut plus
gone-invitation = Une invitation sert une fois, et dure 72 heures. Demandez-en une autre à la personne responsable de la conformité; si vous avez déjà un compte, connectez-vous.
gone-recovery = Un tel lien sert une fois, et ne dure qu’un moment. Demandez-en un autre.

recovery-title = Mot de passe perdu
recovery-lead = Donnez votre adresse : un lien pour choisir un autre mot de passe y sera envoyé.
recovery-send = Envoyer le lien
recovery-sent = Si un compte a cette adresse, un lien est en route. Il ne dure qu’un moment.
new-password = Nouveau mot de passe
new-password-lead = Toutes vos sessions et tous vos jetons prendront fin. Votre second facteur reste le même.
new-password-set = Choisir ce mot de passe

device-title = Relier un programme
device-lead = « camerata login » montre un code : donnez-le ici.
device-code = Code
device-unknown = Aucun programme n’attend avec ce code. Il dure dix minutes : demandez-en un autre au besoin.
device-warning = N’approuvez que le programme que vous venez de lancer vous-même. Si quelqu’un vous a envoyé ce code, refusez.
device-question = Approuver ce programme?
device-name = Il se présente ainsi : « { $name } ».
device-approve = Approuver
device-refuse = Refuser

account-title = Mon compte
account-password-what = Le changer met fin à toutes vos autres sessions.
current-password = Mot de passe actuel
password-change = Changer le mot de passe
second-factor = Second facteur
second-factor-what = Un code qui change, fait par une application de votre téléphone. Donnez votre mot de passe pour y toucher.
second-factor-set = Préparer une application
second-factor-remove = Y renoncer
second-factor-lost = Téléphone perdu : retirer le second facteur
recovery-codes-new = Nouveaux codes de secours
sessions = Sessions
tokens = Jetons
tokens-what = Un jeton laisse un programme, comme « camerata », agir pour vous.
tokens-none = Vous n’en avez pas.
token-new = Faire un jeton
token-make = Faire le jeton
token-once = Voici le jeton. Copiez-le maintenant : il ne sera plus montré.
token-name = Son nom
token-roles = Ce qu’il peut faire
token-read-only = lire seulement
token-days = Jours qu’il dure
read-only = lecture seule

users-title = Les gens
users-heading = Les gens : { $member }
roles-give = Donner ces rôles
user-end = Mettre fin à ce compte
invitations = Invitations
invitations-none = Aucune n’attend.
invite-title = Inviter quelqu’un
invite-what = Un lien part à cette adresse. Il sert une fois, dans les 72 heures.
invite-first-officer = Chez un autre membre, vous n’invitez que la première personne responsable de la conformité.
invite = Inviter

done-password = Le mot de passe est changé; vos autres sessions ont pris fin.
done-second-factor-removed = Le second facteur est retiré.
done-session-ended = La session a pris fin.
done-token-ended = Le jeton a pris fin.
done-invited = L’invitation est en route.
done-invitation-withdrawn = L’invitation est retirée.
done-roles = Les rôles sont donnés.
done-user-ended = Le compte a pris fin, avec ses sessions et ses jetons.
done-second-factor-reset = Le second facteur est retiré : un autre sera préparé à la prochaine connexion.
done-device-approved = Le programme est approuvé. Il se connecte dans un instant.
done-device-refused = Le programme est refusé.
done-recovered = Le mot de passe est choisi. Connectez-vous.
done-signed-out = Vous n’êtes plus connecté.

passkeys = Clés d’accès
passkeys-what = Une clé d’accès est faite par votre téléphone ou votre ordinateur, et ne sert qu’après vous avoir reconnu. Elle vaut deux facteurs à elle seule.
passkey-sign-in = Se connecter avec une clé d’accès
passkey-instead = Ce compte se sert d’une clé d’accès pour second facteur : elle suffit pour se connecter.
passkey-failed = Cela n’a pas abouti : la clé n’a pas servi, ou n’est pas de cette salle. Réessayez, ou prenez un autre moyen.
passkey-join = Prendre une clé d’accès, sans mot de passe
passkey-join-hint = Ou bien donnez votre nom ci-dessus, et laissez votre appareil vous reconnaître.
passkey-first = Mon appareil
passkey-add = Ajouter une clé d’accès
passkey-remove = Ôter cette clé
recovery-code-without-passkey = Je n’ai pas ma clé d’accès
directory-sign-in = Se connecter chez { $member }
letters = Courriels
letters-wanted = Me prévenir par courriel
letters-what = Ce qui garde votre compte (invitations, mots de passe, nouveaux navigateurs) arrive toujours, de même qu’un modèle retiré parce que le moteur n’a pas pu l’exécuter.
letters-choose = Garder ce choix
letter-proposal = Une proposition attend l’accord de mon organisme
letter-template-proposal = Un modèle d’analyse attend l’accord de mon organisme
letter-expiring = Un auditoire de mon organisme expire bientôt
letter-budget = Le budget de mon organisme est presque dépensé
done-passkey-added = La clé d’accès est ajoutée.
done-passkey-removed = La clé d’accès est ôtée; vos autres sessions ont pris fin.
done-letters = Le choix est gardé.
