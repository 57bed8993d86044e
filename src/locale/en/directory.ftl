# Why somebody isn't let in by their organisation's directory.

sign-in-error-unknown = This member has no directory here.
sign-in-error-not-begun = This sign-in took more than ten minutes, was used already, or was begun in another browser. Start over.
sign-in-error-denied = Your organisation's directory didn't let you in.
sign-in-error-unreachable = Your organisation's directory doesn't answer. Try again soon; if it goes on, tell your IT department.
sign-in-error-untrusted = What your organisation's directory says can't be verified. Start over; if it goes on, tell your IT department.
sign-in-error-address = Your organisation's directory gives no e-mail address that it has verified.
sign-in-error-other-address = The directory knows you by another address than this account's: it isn't linked.
sign-in-error-no-role = None of your groups gives a role in this room. Speak to your IT department.
sign-in-error-two-factors = Your role needs two factors, and your organisation's directory doesn't say that you showed them. Speak to your IT department.
sign-in-error-account-exists = You already have an account with this address and a password. Sign in by password and link your account to the directory, or ask your compliance officer to end the old account.
sign-in-error-ended = Your account was ended. Speak to your organisation's compliance officer.
sign-in-error-bound = This account, or this identity of the directory, is linked already.
sign-in-error-busy = Too many sign-ins are under way. Try again soon.
sign-in-error-failed = The room failed. Try again; if it goes on, tell whoever runs it.
