# What every page has, and the front page.

skip = Skip to the content
other-language = Français
menu = Your pages
sign-in = Sign in
sign-out = Sign out
footer = Camerata: comparing audiences without showing anyone’s customers.
back-to-front = Back to the front page
continue = Continue
end = End
change = Change
withdraw = Withdraw
yes = Yes
no = No
you = you
problem-reference = Reference for whoever runs the room: { $reference }
role-marketer = marketing
role-officer = compliance
role-steward = data stewardship
role-host = running the room

menu-users = People
menu-users-what = Invite, change roles, see people off.
menu-device = Link a program
menu-device-what = Approve the code that “camerata login” shows.
menu-account = My account
menu-account-what = Password, second factor, sessions and tokens.

front-title = Clean room
front-heading = Know together, show nothing.
front-lead = The organisations of the co-operative compare their audiences here. Nobody sees anybody else’s customers: only approved figures leave, blurred just enough that no one can be told apart in them.
front-one = Hashed lists
front-one-what = Each member turns its addresses into fingerprints on its own computer. The room never receives an address.
front-two = Approved questions
front-two-what = Agreements say who may compare what, and for which purpose. What no agreement permits is not computed.
front-three = A log that everyone verifies
front-three-what = All that happens is written into a log that nobody can rewrite, not even whoever runs the machine.
