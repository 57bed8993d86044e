# The compliance officer’s work: agreements, proposals, templates, the log.

menu-agreements = Agreements
menu-agreements-what = Who may compare what, and for which purpose, in plain sentences.
menu-proposals = Proposals
menu-proposals-what = See what a change opens before you agree to it.
menu-templates = Templates
menu-templates-what = What each question computes, and where its cost comes from.
menu-log = Log
menu-log-what = All that happened at your organisation, and the proof that nothing was erased.

officer-of = { $user } ({ $member })
list-and = { $start } and { $end }
list-more = { $count } others
questions-all = all questions
questions-some = { $count ->
    [one] { $count } question
   *[other] { $count } questions
}
purposes-all = all purposes
version = Version
versions = Versions
when = When
who = Who
why = Why
state = Status
file-source = The file { $file }

agreements-lead = What the room lets people compare today. These sentences are made from the policies themselves: what they say is what the room applies.
agreements-version = Version { $version } of the policies.
agreements-history = All versions
agreements-edit = Propose a change
agreements-permitted = What is permitted
agreements-forbidden = What is forbidden
agreements-none = Nothing is permitted: there is no agreement.
agreements-forbid-wins = A prohibition always wins over permissions.
agreements-unanimity = A question that compares several audiences needs the permission of each of them.
agreements-if = On these conditions
narrowed = Narrowed
narrowed-what = These members have taken back some of what was permitted on their audiences, until a proposal is agreed on: { $members }. The sentences below don’t tell it.
narrowed-lift = Lift what our organisation took back
grid-heading = Who may ask of which audiences
grid-what = Each cell says for which purposes. An empty cell: no question is permitted there.
grid-none = nothing
audience = Audience
asker = Who asks
owner = Whose
members-heading = The members and their audiences
contact = Whom to write to
shape-list = list
shape-events = events
purposes-heading = The purposes
files-heading = The files
files-what = The policies as they are written. “camerata policy show” copies them to your computer.
audiences-none-declared = none

sentence-permit = { $who } may compare { $what }, { $why }, { $how }
sentence-permit-many = { $who } may compare { $what }, { $why }, { $how }
sentence-forbid = { $who } may never compare { $what }, { $why }, { $how }
sentence-forbid-many = { $who } may never compare { $what }, { $why }, { $how }
sentence-nobody = nobody may compare { $what }, { $why }, { $how }
who-all = each member
who-roles-all = { $roles } of each member
who-roles = { $roles } of these members: { $members }
subject-marketer = the marketers
subject-officer = the compliance officers
subject-steward = the data stewards
what-all = all audiences
what-lists = all lists
what-events = all audiences of events
what-owners = all audiences of these members: { $owners }
what-owner = all audiences of this member: { $owners }
what-none = no audience
what-own = its own audiences, among { $what }
what-own-many = their own audiences, among { $what }
what-own-all = its own audiences
what-own-all-many = their own audiences
why-any = for any purpose
why-none = for no purpose
why-some = for { $purposes }
how-any = by any approved question
how-some = by { $questions }
how-many = { $count ->
    [one] by { $count } approved question
   *[other] by { $count } approved questions
}
asked-questions = Questions

versions-heading = The agreements’ history
versions-lead = Who proposed, approved and put in force what, and why. The newest first.
version-heading = Version { $version }
version-in-force = This version is in force.
version-past = This version is not the one in force.
version-unreadable = Today’s program can’t read all of this version any more: here are its files.
version-restore = Propose to go back to this version
happened-founded = Room founded
happened-proposed = Proposed
happened-approved = Approved
happened-refused = Refusal
happened-retracted = Approval taken back
happened-narrowed = Narrowed at once
happened-lifted = Narrowing lifted
happened-withdrawn = Proposal withdrawn
happened-published = Put in force

proposals-lead = What opens something at a member waits for that member’s approval. What closes something of your own closes at once.
proposals-none = Nobody has proposed anything yet.
proposal-new = Propose a change
proposal = Proposal
proposal-heading = Proposal { $id }
proposal-by = Proposed by { $who }, { $when }
proposal-awaits = waits for your approval
status-open = waiting
status-published = in force
status-withdrawn = withdrawn
proposal-obstacle = This proposal can’t come into force as it is
proposal-nothing = No comparison opens or closes.
proposal-masked = What is written behind a prohibition
proposal-masked-what = A prohibition hides it today. If that went, this would open: it is for each owner to decide now.
proposal-prohibited = What is prohibited
proposal-prohibited-what = “Opens” here says that a prohibition is added, “closes” that one goes, even if nothing else permits the comparison today.
proposal-agreed = What members agreed to
proposal-agreed-what = Titles, meanings and figures are part of the agreement: they change with all the members named.
proposal-concerns = To be approved by: { $members }
proposal-common = Rules common to all change: the figures of privacy, the tariffs or the running of the room.
proposal-closed = This proposal is closed. What it changed in the files is below.
proposal-effects = What it changes
proposal-effects-what = Against what is in force today, for every possible question.
proposal-approvals = Who has to agree
proposal-approvals-none = Nobody: it changes nothing for another member.
proposal-cases = The officers’ cases
proposal-cases-what = Typical questions, and the decision that officers expect of them. A proposal with a case that doesn’t hold is refused.
proposal-files = What changes in the files
proposal-yours = Your organisation
approval = Approval
approval-given = given by { $user }, { $when }
approval-lapsed = lapsed: the effects have changed since
approval-refused = refused
approval-awaited = awaited
approval-optional = optional: nothing opens there
approve-heading = Agree for your organisation
approve-what = You agree to what is written above under your organisation’s name. Should these effects change, your approval won’t count any more.
approve = Approve
retract = Take our approval back
retract-what = Your organisation has approved.
comment = Comment
comment-hint = Optional if you approve; if you refuse, say why. All members will read it.
refuse = Refuse
refuse-instead = Refuse instead
refuse-what = Say why: all members will read it. Your approval will be taken back, and the proposal won’t come into force without a new one of your organisation where it is needed.
opinions = What members say of it
opinion-approves = { $user } ({ $member }) approves, { $when }
opinion-refuses = { $user } ({ $member }) refuses, { $when }
opinion-lapsed = the effects have changed since
proposed-own = Nobody approves their own proposal: making it was your organisation’s approval. It is for the other members concerned to answer.
unconcerned = This proposal changes nothing for your organisation: there is nothing to approve.
withdraw-proposal = Withdraw this proposal
effect-opens = opens
effect-closes = closes
effect-both = opens and closes in part
effect-same = stays
effects-of = At { $owner }
effect = Effect
effect-purposes = Purposes
effect-questions = Questions
effect-circumstances = Circumstances
case = Case
case-expected = Expected
case-got = Decided
case-holds = holds
case-fails = doesn’t hold
case-permitted = permitted
case-permitted-by = permitted by { $by }
case-refused = refused: no agreement permits it
case-refused-by = refused by { $by }
file-new = new
file-gone = removed
line-added = added
line-removed = removed

editor-heading = Propose a change
editor-lead = Change the files: what is wrong shows as you write, with its line and column, and what would open. Nothing is in force until each member concerned has agreed.
editor-agreements = The agreements
editor-others = The other files
editor-changed = changed
editor-remove = Remove this file
editor-new = A new agreement
editor-new-name = Name of the file
editor-new-hint = Without accents or spaces: “my-new-agreement”. Leave it empty to add none.
editor-new-text = What it says
editor-text = The text of { $file }
editor-place = Line { $line }, column { $column }
editor-why = Why, in a sentence
editor-why-hint = All members will read it.
editor-check = Check
editor-propose = Propose
editor-checked = Check
editor-unchecked = Check before you propose: nothing has been sent yet.
editor-unchanged = Nothing is changed.
editor-conflict = Somebody else put another version of these files in force while you were writing: { $files }. Compare with what is in force, then propose again: your text is kept.
editor-taken = There is a file named { $name } already: change it above, or give another name.
editor-consents = Will have to agree: { $members }.
editor-no-consent = Nothing opens. What changes of titles, meanings, figures or prohibitions needs the consent of those whom it concerns: the proposal will say whose.
check-holds = { $warnings ->
    [0] All holds.
    [one] All holds, with { $warnings } warning.
   *[other] All holds, with { $warnings } warnings.
}
check-mistakes = { $count ->
    [one] { $count } mistake to mend.
   *[other] { $count } mistakes to mend.
}
check-more = and { $count } more
check-at = { $file }, line { $line }, column { $column }
check-warning = warning
check-mistake = mistake

templates-lead = Each question of the room is an approved template. It runs only on the audiences of the members that have approved it.
template = Template
template-failed = Withdrawn on { $when }: the engine could not run this version for a question that was charged, and every approval ended. Find out why before you approve it again; approvals shown below were given since.
template-approved-by = approvals: { $given } of { $all }
template-awaits = waits for your approval
template-with-room = Came with the room
template-by = Proposed by { $who }, { $when }
template-margin = For a margin of ± { $margin } people
template-derivation = Where the cost of this question comes from
template-unit = What is protected
template-unit-what = one person, with all their rows in all audiences of the room
template-query = The template’s query: every row comes from one person alone
template-bounds = What one person can change at most
template-statement = The statement that runs
template-noise = The noise that is added
template-loss = The privacy loss
template-takes = What it compares
template-new = Propose a template
template-change = Change this template
template-editor-lead = A template is a query and its manifest: what it takes, what one person can change in it, what it releases. What is wrong shows as you write, and where its cost comes from. It will run only on the audiences of the members that have approved it.
template-editor-schema = For an agreement to be able to permit a template of a new name, add it to “schema.cedarschema”.
template-editor-manual = How to write a template
template-editor-name = Name
template-editor-name-hint = a to z, 0 to 9, - and _. The name of a template of the room proposes a new version of it.
template-editor-unnamed = Give the template a name: letters from a to z, digits, - and _.
template-editor-toml = The manifest
template-editor-sql = The query
template-editor-mistake = The checker stops at this.
template-editor-holds = The checker accepts it.
template-approve = Approve for our organisation
template-approve-what = The template will be able to run on your organisation’s audiences, where an agreement permits it.
template-withdraw = Withdraw our approval
template-withdraw-what = Your organisation has approved this version. Withdrawing stops it at once on your audiences.
template-approvals = Who has approved it
template-files = The template’s files
template-changes = What changes from the version before
template-versions = The versions
template-this = this one
template-older = This is not the newest version.

log-lead = What the log says of your organisation, and of what concerns everybody. Each entry is sealed: nobody can change it without that being seen, not even whoever runs the machine.
log-kind = Kind
log-any = Everything
log-from = From
log-to = To
log-who = Who or what
log-who-hint = The short name of a member, an audience or a person, as the policies write it.
log-search = Look
log-clear = Show everything
log-none = No entry matches.
log-position = No.
log-what = What
log-about = About
log-older = Older entries
log-newest = Back to the newest
log-export = For a spreadsheet or an archive: “camerata audit export”.
log-verify = Verify the whole log
log-verify-what = The room reads each entry again, rebuilds the tree, and holds it against the checkpoints that it signed and against its database.
log-holds = The log holds: { $size ->
    [one] { $size } entry
   *[other] { $size } entries
}, { $records ->
    [one] { $records } record of the database
   *[other] { $records } records of the database
}, { $checkpoints ->
    [one] { $checkpoints } checkpoint
   *[other] { $checkpoints } checkpoints
}.
log-does-not-hold = The log does not hold. Read: { $size ->
    [one] { $size } entry
   *[other] { $size } entries
}, { $records ->
    [one] { $records } record of the database
   *[other] { $records } records of the database
}, { $checkpoints ->
    [one] { $checkpoints } checkpoint
   *[other] { $checkpoints } checkpoints
}. Tell the other members.
log-verified-by-room = It is the room itself that says so. To verify without trusting it, on your own computer: “camerata audit verify --room-url ADDRESS”.
log-root = Root
log-checkpoint = The signed checkpoint
answer-number = Answer
template-version = Version of the template

entry-founded = Log begun
entry-key-changed = Signing key changed
entry-token-issued = Token issued
entry-tokens-revoked = Tokens revoked
entry-upload-opened = Upload begun
entry-upload-stored = Audience uploaded
entry-upload-abandoned = Upload given up
entry-version-expired = Audience expired and destroyed
entry-erasure-begun = Erasing people begun
entry-people-erased = People erased from an audience
entry-policy-founded = First policies
entry-policy-proposed = Change proposed
entry-policy-approved = Proposal approved
entry-policy-refused = Proposal refused
entry-policy-retracted = Approval taken back
entry-policy-narrowed = Audiences narrowed
entry-policy-lifted = Narrowing lifted
entry-policy-withdrawn = Proposal withdrawn
entry-policy-published = Policies put in force
entry-templates-founded = First templates
entry-template-proposed = Template proposed
entry-template-approved = Template approved
entry-template-withdrawn = Approval of a template withdrawn
entry-template-failed = Template withdrawn: the engine could not run it
entry-refused = Question refused
entry-charged = Question admitted and charged
entry-answered = Question answered
entry-delivered = Answer given to another member, at its cost
entry-replayed = Answer given again
entry-backed-up = Backup begun
entry-witness-named = Witness key named
entry-restored = Room restored
entry-invited = Invitation sent
entry-invitation-withdrawn = Invitation taken back
entry-user-joined = New user
entry-roles-changed = Roles changed
entry-user-left = User left
entry-signed-in = Signed in
entry-signed-out = Signed out
entry-sign-in-held = Sign-ins held, after too many tries
entry-secrets-changed = Means of signing in changed
entry-passkey-refused = Passkey refused, perhaps a copy
entry-letters-chosen = Letters to get chosen

done-lifted = It is lifted: your audiences are again what the agreements in force say.
done-proposed = The proposal is made.
done-approved = Your approval is given.
done-published = Your approval is given, and the proposal is in force.
done-refused = Your refusal is recorded, with its reason.
done-retracted = Your approval is taken back.
done-withdrawn = The proposal is withdrawn.
done-template-proposed = The template is proposed, and approved for your organisation.
done-template-approved = The template is approved for your organisation.
done-template-withdrawn = The approval is withdrawn: the template no longer runs on your audiences.

course-heading = What our audiences have spent
course-what = Each step is another member’s question on our audiences. The log’s entries “Question admitted and charged” tell which.
course-cap = Cap: ε { $epsilon }
course-unlocked = Unlocked: ε { $epsilon }
course-spent = Spent: ε { $epsilon }
course-count = { $count ->
    [0] No question since the beginning of the period.
    [one] { $count } question since the beginning of the period.
   *[other] { $count } questions since the beginning of the period.
}
