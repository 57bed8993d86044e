# Signing in, and one's own account.

email = E-mail
password = Password
name = Name
roles = Roles
member = Member
browser = Browser
since = Since
until = Until
last-used = Last used
this-one = this one
two-factors = Two factors
password-hint = At least 12 characters. A few words that don’t belong together are better than one complicated word.

sign-in-wrong = The address or the password is not right. After a few tries there is a wait.
sign-in-later = { $seconds ->
    [one] Too many tries. Try again in { $seconds } second.
   *[other] Too many tries. Try again in { $seconds } seconds.
}
sign-in-again = Start signing in again
password-lost = I have lost my password

code-title = Second factor
code-lead = Give the six-digit code that your application shows.
code = Code
code-wrong = This code is not right: it is wrong, used already, or of another time. Wait for the next one, or start signing in again.
recovery-code-instead = I don’t have my phone
recovery-code = Recovery code
recovery-code-hint = One of those that you kept in a safe place. Each works once.

enrol-title = Set up the second factor
enrol-lead = Your roles require two factors: the password, and a code that changes, made by an application on your phone (any TOTP application will do).
enrol-scan = In the application, add an account by scanning this square.
enrol-qr = QR code to scan with the application
enrol-type = I can’t scan it: type the key
enrol-code = Give the code that the application shows now

recovery-codes = Your recovery codes
recovery-codes-lead = Each stands in once for the application’s code, should you not have your phone. Keep them in a safe place, away from this computer: they won’t be shown again.
recovery-codes-kept = I have kept them

invitation-title = Invitation
invitation-heading = { $member } invites you to the clean room
invitation-roles = Your roles:
invitation-two-factors = In the next step you will set up a second factor: have your phone at hand.
invitation-accept = Create my account
your-name = Your name
your-name-hint = Your colleagues will see it, and the log keeps it.
letters-language = Language of e-mails

gone-title = This link is no longer good
gone-invitation = An invitation works once, and lasts 72 hours. Ask your compliance officer for another one; if you have an account already, sign in.
gone-recovery = Such a link works once, and only for a while. Ask for another one.

recovery-title = Lost password
recovery-lead = Give your address: a link to choose another password will be sent to it.
recovery-send = Send the link
recovery-sent = If an account has this address, a link is on its way. It lasts only a while.
new-password = New password
new-password-lead = All of your sessions and tokens will end. Your second factor stays the same.
new-password-set = Choose this password

device-title = Link a program
device-lead = “camerata login” shows a code: give it here.
device-code = Code
device-unknown = No program is waiting with this code. It lasts ten minutes: ask for another one if need be.
device-warning = Approve only the program that you have just started yourself. If somebody sent you this code, refuse.
device-question = Approve this program?
device-name = It calls itself “{ $name }”.
device-approve = Approve
device-refuse = Refuse

account-title = My account
account-password-what = Changing it ends all of your other sessions.
current-password = Current password
password-change = Change the password
second-factor = Second factor
second-factor-what = A code that changes, made by an application on your phone. Give your password to change any of it.
second-factor-set = Set up an application
second-factor-remove = Give it up
second-factor-lost = Phone lost: remove the second factor
recovery-codes-new = New recovery codes
sessions = Sessions
tokens = Tokens
tokens-what = A token lets a program, such as “camerata”, act for you.
tokens-none = You have none.
token-new = Make a token
token-make = Make the token
token-once = This is the token. Copy it now: it won’t be shown again.
token-name = Its name
token-roles = What it may do
token-read-only = only read
token-days = Days that it lasts
read-only = read only

users-title = People
users-heading = The people of { $member }
roles-give = Give these roles
user-end = End this account
invitations = Invitations
invitations-none = None is waiting.
invite-title = Invite somebody
invite-what = A link goes to this address. It works once, within 72 hours.
invite-first-officer = In another member, you invite only the first compliance officer.
invite = Invite

done-password = The password is changed; your other sessions have ended.
done-second-factor-removed = The second factor is removed.
done-session-ended = The session has ended.
done-token-ended = The token has ended.
done-invited = The invitation is on its way.
done-invitation-withdrawn = The invitation is withdrawn.
done-roles = The roles are given.
done-user-ended = The account has ended, with its sessions and tokens.
done-second-factor-reset = The second factor is removed: another will be set up at the next sign-in.
done-device-approved = The program is approved. It signs in in a moment.
done-device-refused = The program is refused.
done-recovered = The password is set. Sign in.
done-signed-out = You are signed out.

passkeys = Passkeys
passkeys-what = A passkey is made by your phone or computer, and works only once it has recognised you. It stands for two factors by itself.
passkey-sign-in = Sign in with a passkey
passkey-instead = This account has a passkey for its second factor: it is enough to sign in.
passkey-failed = That came to nothing: the passkey wasn’t used, or isn’t this room’s. Try again, or take another way.
passkey-join = Take a passkey, without a password
passkey-join-hint = Or give your name above, and let your device recognise you.
passkey-first = My device
passkey-add = Add a passkey
passkey-remove = Take this passkey away
recovery-code-without-passkey = I don’t have my passkey
directory-sign-in = Sign in at { $member }
letters = E-mails
letters-wanted = Tell me by e-mail
letters-what = What guards your account (invitations, passwords, new browsers) always comes, and so does a template that was withdrawn because the engine could not run it.
letters-choose = Keep this choice
letter-proposal = A proposal waits for my organisation’s approval
letter-template-proposal = An analysis template waits for my organisation’s approval
letter-expiring = An audience of my organisation expires soon
letter-budget = My organisation’s budget is nearly spent
done-passkey-added = The passkey is added.
done-passkey-removed = The passkey is taken away; your other sessions have ended.
done-letters = The choice is kept.
