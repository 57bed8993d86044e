# What is for everybody: the register, the promise, the documentation, accessibility.

about = The room
register = The register
register-lead = What the room holds, what it was asked, and what that cost in privacy. This page is public: anyone may read it, without an account.
register-promise = What the room promises to whoever may be in a list
register-members = Who brings what
register-uploaded-for = { $now } (called “{ $then }” when the list was uploaded)
register-contact = To ask about your data, or to have it erased: { $contact }
register-no-audience = This member brings no list.
register-audience = List
register-columns = What it says of each person
register-purposes = Permitted purposes
register-basis = Consent or legal basis
register-expires = Destroyed on
register-empty = Declared; the room holds nothing of it at the moment.
register-templates = What may be asked
register-templates-what = A question is computed only if every owner of the lists has approved its template, and the agreements permit it.
register-spent = What was spent
register-spent-what = Each answer spends a little of people’s privacy; at a cap, the room refuses. Losses are ε, at δ = { $delta }.
register-questions = What was asked
register-count = { $count ->
    [0] No question was answered yet.
    [one] One question was answered. The answer itself is seen by whoever asked alone.
   *[other] { $count } questions were answered. The answers themselves are seen by whoever asked alone.
}
register-day = Day
register-asker = Asked by
register-log = The log
register-log-what = All of the above is written in a log that nobody can rewrite. This is how it stands, signed by the room: keep it, and you can check later that nothing has gone from it.
register-json = The same register for programs (JSON)

promise = What the room promises
promise-lead = Whether or not you are in a list, what the room answers is almost equally likely. So whoever reads the answer can learn almost nothing about you.
promise-one = The organisations don’t trade their lists. Each turns its addresses into fingerprints on its own computer; the room compares fingerprints, and publishes totals alone.
promise-two = An exact total can give somebody away: ask for the same total with and without you, and the difference is you. So the room adds to each total a number drawn at random. The margin says how large it is.
promise-table = What a curious reader can guess
promise-table-what = Someone knows everything of the list but whether you are in it; by the toss of a coin, they would be right 500 times in 1,000. This is what reading one total does for them, by its margin.
promise-margin = Margin, in people
promise-guesses = Right, of 1,000 times
promise-many = And if they ask many questions?
promise-many-what = Each answer spends of a budget that the whole room shares. When it is used up, the room refuses. Asking the same question again gives whoever has its answer the same one: chance can’t be worn off by repetition.
promise-together = All that the room answers in { $months } months stays within ε = { $epsilon }: someone who gives even odds on your being there gets, at most, to { $sure } in 100 after reading all of it (but for a probability of δ = { $delta }).
promise-not = What isn’t promised
promise-not-what = What is true of a group stays visible: if most lovers of jazz go to the theatre, that is learnt, and supposed of you by whoever knows that you love jazz. That is what the room is for. And a member knows its own list.
promise-proof = The whole guarantee, with its proof
toy = Try it
toy-what = Camille is in the list one time in two, at random. Read the total, and guess. Then widen the margin, and see what is left to you.
toy-margin = Margin
toy-margin-is = ± %1 people.
toy-best = Even the best guesser is right only %1 times in 100.
toy-guess = The room answers: about %1 people. Without Camille the list has %2; with Camille, %3.
toy-in = Camille is in
toy-out = Camille isn’t
toy-right = Right!
toy-wrong = Wrong.
toy-score = %1 of %2 so far.

documentation = Documentation
documentation-lead = That of this version of the room, served by the room itself.
documentation-api = The interface for programs (OpenAPI)

accessibility = Accessibility
accessibility-lead = These pages are made for everybody to use, by the rules of WCAG 2.2, level AA.
accessibility-keyboard = Everything works from the keyboard, in the order of the page; what has the focus is seen, and a link leads to the content at once.
accessibility-charts = Every chart has a title and a description, and the same figures are in a table beside it.
accessibility-scripts = The pages work without scripts, but for hashing a list in the browser, passkeys, and the game on the page “What the room promises”.
accessibility-colours = Nothing is told by colour alone; light or dark follows your device; text grows without getting lost.
accessibility-motion = Nothing moves or blinks, and nothing makes a sound.
accessibility-tested = How this is checked
accessibility-tested-what = At every change, axe-core examines every page in a real browser, in French and in English, light and dark; it must find nothing. A tool doesn’t see everything: nobody else has audited these pages yet.
accessibility-limits = What we know to be imperfect
accessibility-limits-what = Affinity grids have many squares: a screen reader follows them better in the table. Technical documents have wide tables, which scroll. A document in two languages without a part for yours alone is shown whole.
accessibility-tell = Does something stop you?
accessibility-tell-what = Tell the member that invited you, or whoever keeps the room: their addresses are in the register.
