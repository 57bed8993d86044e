# The room's letters. Text alone; an empty line parts paragraphs.

mail-hours = { $hours ->
    [one] { $hours } hour
   *[other] { $hours } hours
}
mail-minutes = { $minutes ->
    [one] { $minutes } minute
   *[other] { $minutes } minutes
}
mail-days = { $days ->
    [0] today
    [one] in { $days } day
   *[other] in { $days } days
}
mail-greeting = Hello,
mail-signature = { $room }
mail-role-marketer = marketing
mail-role-officer = compliance
mail-role-steward = data stewardship
mail-role-host = hosting of the room

mail-invitation-subject = Invitation to your co-operative's clean room
mail-invitation-body =
    You are invited to the clean room for { $member }, in this role: { $roles }.

    Open this link within { $hours } to make your account. It works once:

    { $link }

    If you didn't expect this invitation, do nothing: without the link no account is made.

mail-invited-again-subject = You already have an account in the clean room
mail-invited-again-body =
    Somebody has just invited this address for { $member }, but it already has an account. Nothing has changed.

    To change roles or members, speak to your compliance officer.

mail-recovery-subject = A new password
mail-recovery-body =
    A new password was asked for on your account. Choose it here, within { $minutes }:

    { $link }

    Your second factor stays the same. If this wasn't you, do nothing: your password doesn't change.

mail-new-device-subject = Sign-in from a new browser
mail-new-device-body =
    Your account was signed in to from a browser that hadn't been used before, on { $at }:

    { $agent }

    If this was you, all is well. If not, change your password at once: that ends all other sessions. Tell your compliance officer too.

mail-secrets-changed-subject = { $what ->
    [password] Your password has changed
    [second-factor] Your second factor has changed
    [passkey] Your passkeys have changed
    [directory] Your account is linked to your organisation's directory
   *[recovery-codes] Your recovery codes have changed
}
mail-secrets-changed-body = { $what ->
    [password] The password of your account was changed on { $at }.
    [second-factor] The second factor of your account was changed on { $at }.
    [passkey] A passkey was added to your account or taken from it on { $at }.
    [directory] Your account was linked to your organisation's directory on { $at }: that alone lets you in now, and the password of before no longer does.
   *[recovery-codes] New recovery codes took the place of the old ones on { $at }.
} If this wasn't you, tell your organisation's compliance officer at once.

mail-proposal-subject = A proposal waits for your approval
mail-proposal-body =
    { $member } proposes to change the agreements (proposal { $proposal }), and that opens something of your audiences. Nothing is in force until you have approved.

    What changes, and for whom:

    { $link }

mail-template-proposal-subject = An analysis template waits for your approval
mail-template-proposal-body =
    { $member } proposes an analysis template, “{ $template }”. It runs on your audiences only once you have approved it.

    What it computes:

    { $link }

mail-template-failed-subject = An analysis template was withdrawn: the engine could not run it
mail-template-failed-body =
    A question by the template “{ $template }” was charged and failed in the engine. Since a failure may depend on who is in the lists, it is told to everybody alike: nobody’s approval of this version is in force any more, yours included, and nobody can ask by it.

    Whoever runs the room finds the cause in its technical log. Read what the template computes, learn why it failed, and approve it again if you agree; or approve a mended version:

    { $link }

mail-expiring-subject = The audience { $audience } expires { $when }
mail-expiring-body =
    The audience { $audience } expires on { $date }: the room will destroy it, and nobody can ask questions of it any more. Upload a new version if it is to serve on.

mail-budget-subject = Privacy budget: more than { $percent }% spent
mail-budget-body =
    The budget “{ $account }” has spent more than { $percent }% of what is open to date. Questions that no longer fit will be refused until the next month opens.

    { $link }

mail-preferences = To receive no more letters of this kind: { $link }
