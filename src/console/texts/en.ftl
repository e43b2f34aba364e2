# Texts of the console in English. Ids are kebab-case and begin with the place they stand in.
# A test fails when code asks for an id that is not here, and when an id here is asked for by nobody.

# Panes: the capital, or the letter before the name, goes there after g.
pane-calls = Calls
pane-review = Review
pane-rules = rUles
pane-storage = Storage
pane-drives = x Drives
pane-audit = Audit
pane-users = usErs
pane-rest = … g
header-saving = saving { $n }
header-playing = ► playing
header-playing-to = ► { $output }
header-read-only = read-only
place-global = everywhere
place-calls = calls
place-facets = facets
place-player = player
place-users = users
place-audit = audit log

# Opening
connecting = Opening { $place } …
connecting-more = Nothing is lost if this takes a while; q leaves.
failed = Cannot open { $place }
failed-more = r tries again, q leaves.
not-connected = Not open yet; r tries again where opening failed.
waiting-hint = r try again   q leave   ? help
read-failed = Could not read: { $why }
write-failed = Not saved: { $why }
reading = Reading …

# Saved views
views-title = Saved views
views-count = { $n ->
    [one] { $n } view
   *[other] { $n } views
}
views-none = No views yet.
views-none-more = s keeps the query that runs, with its order and columns, under a name.
views-hint = Enter apply   s save   r rename   t share   D remove   Esc leave
views-everything = all calls
views-shared = shared
views-of = of { $owner }
views-query = Query
views-order = Order
views-order-own = the query's own, or newest first
views-columns = Columns
views-columns-own = as they are
view-save-title = Save as a view
view-save-hint = Enter save   Tab for all or only for you   Esc leave
view-rename-title = Rename the view
view-rename-hint = Enter rename   Esc leave
view-name = Name
view-name-wanted = A view needs a name.
view-shared = Shared
view-shared-yes = everybody sees it
view-shared-no = only you see it
view-not-yours = This view belongs to somebody else: apply it, and s saves it as yours.
view-remove-title = Remove the view
view-remove-ask = Remove the view "{ $name }"? u brings it back while callreel runs.
view-replace-title = Save as a view
view-replace-ask = There is a view "{ $name }" already. Replace it?
view-applied = View: { $name }
view-saved = Saved: the view { $name }
view-removed = Removed: the view { $name }; u brings it back.
view-renamed = Renamed: the view { $name }
view-conflict = Somebody else changed the view, or made one of that name, meanwhile. Nothing was lost: it is read again, look and try once more.
undo-view = the view

# Form
form-title = Find calls
form-remark = every field is a part of the query
form-written = Written as
form-everything = all calls
form-rest = and also
form-count = { $n } calls
form-when = When
form-from = from
form-to = to
form-direction = Direction
form-in = in
form-out = out
form-internal = internal
form-outcome = Outcome
form-answered = answered
form-missed = missed
form-unanswered = unanswered
form-abandoned = abandoned
form-busy = busy
form-failed = failed
form-recording = Recording
form-recorded = recorded
form-not-recorded = none
form-flagged = flagged
form-extension = Extension
form-agent = Agent
form-group = Group
form-queue = Queue
form-project = Project
form-tag = Tag
form-number = Number
form-name = Name
form-case = Case
form-note = Note has
form-talk = Talk from
form-wait = Wait over
form-on-hold = Hold over
form-size = Size over
form-show = Show { $n }
form-save = Save as a view
form-clear = Clear
form-cancel = Cancel
form-hint-text = Tab next   ↓ values   Enter show   Esc leaves it as it was
form-hint-date = Tab next   ↓ calendar   today, -7d, 7.11.   Enter show   Esc leaves it
form-hint-box = Tab next   Space turns it   Enter show   Esc leaves it as it was
form-hint-values = ↓↑ choose   Enter takes it   type to narrow   Esc closes
form-hint-calendar = ←→ day   ↓↑ week   PgUp PgDn month   t today   Enter takes it
date-hint = ←→ day   ↓↑ week   PgUp PgDn month   t today   Enter goes there
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
weekday-1 = Mo
weekday-2 = Tu
weekday-3 = We
weekday-4 = Th
weekday-5 = Fr
weekday-6 = Sa
weekday-7 = Su
query-hint-meant = Tab takes { $meant }   Enter done   Esc back
offers-more = … { $n } more
paste-cut = The paste was longer than a query may be, and was cut.
facet-values-hint = ↓↑ choose   Enter in, out   Tab exclude   type to search   Esc leaves

# First run
first-title = No calls here yet
first-none = There is no database { $place } yet. How do you want to begin?
first-demo = Demo: look around in a made-up company
first-demo-more = Thousands of calls, and recordings to hear, in a folder of its own.
first-demo-command = callreel demo
first-import = Import: read what your Asterisk has on disk
first-import-more = CDR, CEL, queue log and recordings; nothing there is changed.
first-import-command = callreel import asterisk --cdr FILE --cel FILE --recordings DIR
first-server = Server: connect to a callreel server
first-server-more = With its address and your name; the calls stay there.
first-server-command = callreel --server https://HOST
first-nothing-made = Nothing is made until you choose.
first-working = Working …
first-hint = ↓↑ choose   Enter begin   d demo   i import   s server   q leave
first-type-demo = Leave with q and type:  callreel demo
first-type-import = Leave with q and type:  callreel import asterisk --cdr Master.csv --recordings DIR
first-type-server = Leave with q and type:  callreel --server https://HOST

# List
query-empty = all calls · press / to filter
query-hint = Enter done   Tab complete   ↑↓ earlier   Esc back   try is:missed  talk:>2m
count-of = { $n } of { $m }
calls-marked = { $n } marked
sum-talk = { $talk } talked
sum-answered = { $percent } % answered
calls-marked-all = all marked
calls-range = A range of marks begins here: V again ends it, Esc drops it.
calls-all-marked = Everything that matches is marked; it is counted again before anything is done with it.
calls-none-before = There is no call on or before that date.
new-calls = ▲ { $n ->
    [one] { $n } new call  r loads it
   *[other] { $n } new calls  r loads them
}
no-completion = Nothing to complete here.
empty-no-calls = No calls yet.
empty-no-calls-more = callreel import asterisk fills this list; callreel demo shows one.
empty-no-match = No calls match.
empty-words = Without a field these are words of names, agents, queues, tags or notes: { $words }. Tab after date: or is: shows what there is; | means or.
empty-no-match-more = Esc clears the query, f opens the form, u brings the one before back.
empty-wrong = The query cannot be understood; the word is marked above.
empty-refused-more = r tries again.
column-time = TIME
column-way = { "" }
column-party = OTHER PARTY
column-number = NUMBER
column-talk = TALK
column-wait = WAIT
column-cost = COST
column-agent = AGENT
column-queue = QUEUE
column-recording = R
column-size = SIZE
column-place = PLACE
column-case = CASE
column-from = FROM
column-to = TO
column-reached = REACHED
column-customer = CUSTOMER
column-extension = EXT
column-group = GROUP
column-projects = PROJECTS
column-direction = DIRECTION
column-route = ROUTE
column-outcome = OUTCOME
column-hold = HOLD
column-duration = WHOLE
column-answered = ANSWERED
column-end = END
column-mode = MODE
column-length = LENGTH
column-tags = TAGS
column-notes = N
column-flag = F
column-score = SCORE
column-legs = LEGS
word-answered = answered
word-missed = missed
word-unanswered = no answer
word-abandoned = left queue
word-busy = busy
word-failed = failed
short-direct = direct
short-ivr = menu
short-queue = queue
sort-start = time
sort-talk-s = talk time
sort-wait-s = waiting time
sort-on-hold-s = time on hold
sort-duration-s = whole duration
sort-reached = who was reached
sort-route = route
sort-mode = mode of recording
sort-flagged = flag
sort-legs = number of legs
sort-answered = time of the answer
sort-end = time of the end
sort-customer = customer
sort-from = from
sort-to = to
sort-extension = extension
sort-agent = agent
sort-group = group
sort-queue = queue
sort-direction = direction
sort-outcome = outcome
sort-recorded-s = length of recording
sort-bytes = size of recording
sort-case = case
sort-title = Sort by
sort-hint = ↓↑ choose   Enter sorts   Esc leaves
short-missed = missed
short-unanswered = nobody
short-abandoned = left
short-busy = busy
short-failed = failed
withheld = withheld
legs = { $n ->
    [one] { $n } leg
   *[other] { $n } legs
}
notes = { $n ->
    [one] { $n } note
   *[other] { $n } notes
}
no-recording = No recording of this call.
waveform-reading = Reading the waveform …
waveform-none = No waveform of this recording.
waveform-no-listen = You lack the right "listen" here: ask an owner.
waveform-empty = This recording is empty: no sound was written into it.
lane-agent = agent
lane-customer = customer
lane-both = both sides
lane-noisy = noisy line
recording-chosen = recording { $n } of { $all }
zoom-of = zoom 1:{ $factor } of { $length }
hearing-agent = agent alone
hearing-customer = customer alone
hearing-skipped = silence skipped
hearing-normalised = normalised
hearing-swapped = sides swapped
hearing-left = { $percent } % to the left
hearing-right = { $percent } % to the right
sign-hold = sound
sign-paused = paused
mark-plain = a mark
mark-hold = on hold for { $length }: what sounds is no talk
mark-paused = recording paused until { $until }
loop-ab = loop A { $a } – B { $b }
loop-a = loop from A { $a }
section-facts = Call
section-talk = Talk
section-panel = Facts
section-heard = Heard
heard-took = took the recording out
heard-took-clip = took a clip out
fact-heard = heard by
fact-talk = talk
fact-overlap = overlap { $share }
fact-silence = silence
fact-longest = longest { $length } at { $at }
fact-length-at = { $length } at { $at }
fact-monologue = monologue
fact-hold = on hold
fact-paused = paused
fact-level = level
fact-noisy = speech and pause cannot be told apart well
fact-file = file
fact-stored = stored

# Choosing columns
order-newest = sorted by { $field }, newest first
order-oldest = sorted by { $field }, oldest first
order-down = sorted by { $field }, downwards
order-up = sorted by { $field }, upwards
columns-left-out = { $n ->
    [one] { $n } column has no room
   *[other] { $n } columns have no room
}
col-time = when it began
col-way = direction and outcome
col-party = name of the other side
col-number = number of the other side
col-from = who called
col-to = who was called
col-reached = who was reached in the end
col-customer = customer
col-extension = extension
col-agent = agent
col-group = group
col-projects = projects
col-direction = direction
col-route = how it came in
col-outcome = what became of it
col-queue = queue
col-wait = waiting time
col-talk = talk time
col-hold = time on hold
col-duration = whole duration
col-answered = when it was answered
col-end = when it ended
col-cost = cost
col-recording = recording: ● auto ◘ demand ○ none ! lost
col-mode = mode of the recording
col-length = length of the recording
col-size = size of the recording
col-place = where the recording is
col-case = case
col-tags = tags
col-notes = has a note
col-flag = is flagged
col-score = score of its review
col-legs = number of legs
columns-title = Columns
columns-rest = the rest
columns-hint = Space on, off   J K moves   + - width   r resets   Esc done
undo-columns = the columns

# Why a call was recorded or not
why-title = Why this call was recorded
why-not-title = Why this call was not recorded
why-unknown = The records of this call do not show it.
reading-hint = Esc leaves
reading-hint-more = j k scroll   { $n } of { $all } lines   Esc leaves
# Chips and facets
chip-0 = clear all
chip-1 = Today
chip-2 = Yesterday
chip-3 = This week
chip-4 = >2 min
chip-5 = Missed+left
chip-6 = Recorded
chip-7 = Flagged
chip-8 = Note
chip-9 = 7 days
chip-set = { $n } is now: { $piece }
chip-not-understood = The chip { $n } stays as it was: { $why }
query-mend-first = The query cannot be understood; mend it first, or clear it with 0.
facets-title = Facets
facets-reading = Counting …
facets-none = Nothing to count.
facets-narrow = From { $columns } columns on there are facets beside the list; Tab opens them here.
facet-direction = DIRECTION
facet-outcome = OUTCOME
facet-agents = AGENT
facet-groups = GROUP
facet-queue = QUEUE
facet-length = LENGTH
facet-recorded = RECORDED
facet-tags = TAG
facet-projects = PROJECT
facet-more = … { $n } more
facet-no-term = The query language has no term for calls without it.
facet-recorded-yes = recorded
facet-recorded-no = not recorded
facet-length-0 = under 10 s
facet-length-1 = 10 to 59 s
facet-length-2 = 1 to 2 min
facet-length-3 = 2 to 5 min
facet-length-4 = 5 to 15 min
facet-length-5 = over 15 min

# Totals
totals-title = Totals of what is filtered
totals-title-all = Totals of all marked calls
totals-title-marked = { $n ->
    [one] Totals of { $n } marked call
   *[other] Totals of { $n } marked calls
}
totals-all-calls = all calls
totals-reading = Adding up …
totals-calls = calls
totals-answered = answered
totals-missed = missed+left
totals-unanswered = not answered
totals-talk = talked
totals-recordings = recordings
totals-recorded = recorded
totals-bytes = size
totals-cost = cost
totals-unknown = unknown
totals-nothing = Nothing to show.
totals-no-days = No days to show.
totals-by-day = calls a day, at most { $most } on { $when }
totals-by-week = calls a week, at most { $most } from { $when } on
totals-by-month = calls a month, at most { $most } in { $when }
totals-by-year = calls a year, at most { $most } in { $when }
totals-part-day = by day
totals-part-agent = agent
totals-part-extension = extension
totals-part-group = group
totals-part-queue = queue
totals-part-hour = hour
totals-part-weekday = weekday
totals-hint = Tab h l tables   j k rows   s sorts   Enter narrows the list   Esc leaves
totals-nothing-here = There is no row here to narrow the list to.
totals-no-term = The query language has no term for calls of which this is unknown.
weekday-mon = Monday
weekday-tue = Tuesday
weekday-wed = Wednesday
weekday-thu = Thursday
weekday-fri = Friday
weekday-sat = Saturday
weekday-sun = Sunday
place-totals = totals
box-first = Esc first: this box lies over the list.

# Mouse
mouse-on = The mouse is listened to: row, heading, name of a pane, wheel. Shift and drag select text as ever; g b ends it.
mouse-off = The mouse is the terminal's own again.
mouse-no-order = The list cannot be ordered by this column.

# Customer
customer-title = Customer
customer-name = name
customer-no-name = no name known
customer-numbers = numbers
customer-remark = remark
customer-calls = calls
customer-calls-sum = { $n ->
    [one] { $n } call
   *[other] { $n } calls
}
customer-answered = { $answered } answered, { $missed } missed, { $unanswered } not answered
customer-talk = talk
customer-no-recordings = no recordings
customer-recordings = { $n ->
    [one] { $n } recording
   *[other] { $n } recordings
}
customer-first = first call
customer-last = last call
customer-agents = Who spoke with them
customer-cases = Cases
customer-tags = Tags
customer-list = Calls both ways, newest first
customer-more = and { $n } more: Enter shows all of them in the list
customer-none-withheld = The number was withheld or is not known: nothing can be said about who it was.
customer-none-internal = An internal call: both sides are extensions of the company.
customer-nothing-here = Nothing to open on this line; Enter opens calls, notes and cases, a all calls.
customer-hint = j k lines   Enter opens   a all calls   Esc leaves
customer-hint-list = Tab goes here   o closes
place-customer = customer
action-customer-calls = show all calls with this customer in the list
hint-customer-calls = all calls
calls-gone = This call is not there any more: it was deleted, or moved out of your projects. The next one is shown.
calls-gone-after-loading = The call that the cursor stood on is not in this list any more; the next one has the cursor.

# One call
back-to-calls = ◄ Calls
place-of = { $n } of { $all }
no-call-here = No call here.
direction-out = outgoing
direction-in = incoming
direction-internal = internal
route-direct = direct
route-ivr = by the menu
route-queue = by a queue
outcome-answered = answered
outcome-missed = missed
outcome-unanswered = not answered
outcome-abandoned = caller left the queue
outcome-busy = busy or declined
outcome-failed = could not be placed
at-most = at most { $length }
fact-start = start
fact-parties = from, to
fact-reached = { " " }· reached { $number }
fact-times = times
fact-times-text = wait { $wait } · talk { $talk } · on hold { $hold } · whole { $all }
fact-extension = extension
fact-took-part = took part: { $list }
fact-queue = queue
fact-cost = cost
fact-bound = marks
fact-why = why
lane-wait = wait
lane-talk = talk
lane-hold = on hold
detail-lines = lines { $first } to { $last } of { $all } · j k
fact-case = case { $case }
fact-tags = tags: { $tags }
fact-flagged = flagged
section-notes = Notes
section-file = File
no-recording-why = None; W tells why.
no-note-yet = No note yet; e n writes one.
section-recordings = Recordings
section-timeline = Timeline
section-legs = Legs
section-history = History
mode-auto = automatic
mode-on-demand = on demand
mode-unknown = mode unknown
mono = mono
stereo = stereo
copy-verified = verified
copy-unverified = not verified yet
copy-damaged = damaged
copy-missing = missing
state-pending = still arriving
state-stored = stored
state-lost = lost: no readable copy
state-deleted = deleted
state-erased = erased
event-start = start
event-ring = rings
event-menu = menu
event-queue = queue
event-answer = answered
event-bridge = talking
event-leave = leaves
event-hold = on hold
event-unhold = off hold
event-transfer = transfer
event-feature = code pressed
event-park = parked
event-pickup = picked up
event-hangup = hangs up
event-end = end
leg-answered = answered { $time }
leg-ended = ended { $time }
leg-cause = cause { $cause }

# Listening: keys of the player, what they say
player-goes-on = Goes on at { $time }; 0 begins again.
player-stopped-now = Stopped; the place is kept.
player-waiting = The sound is still on its way: { $why }
player-lost = The output is gone: { $why }. It is looked for again.
player-next-failed = { $who } cannot follow: { $why }
player-carries = This call has nothing to play; n goes on to the next.
hear-speed = speed { $speed }×
hear-side-both = both sides
hear-side-agent = our side alone
hear-side-customer = the other side alone
hear-one-side = (This recording has one side.)
hear-swapped = sides swapped
hear-not-swapped = sides as they were recorded
hear-balance-left = balance { $percent } % left
hear-balance-right = balance { $percent } % right
hear-balance-middle = balance in the middle
hear-normalised = both sides at one level
hear-not-normalised = levels as they were recorded
hear-skips = silence is left out: { $seconds } s and more below { $level } dB
hear-skips-not = silence is heard
hear-plays-on = the next call follows
hear-plays-not-on = playing ends with the call
loop-begins = A at { $time }; a again sets B.
loop-holds = { $from } to { $until } again and again; a takes it off, C saves it as a clip.
loop-taken-off = no loop
loop-too-short = B stands where A stands; play or go on first.
speech-reading = Who speaks when is being read.
turns-none = No change of speaker was found.
turns-one-side = One side only: speakers cannot be told apart.
turns-no-more = No further change of speaker.
turns-none-before = No change of speaker before this.
turn-agent = our side, { $time }
turn-customer = the other side, { $time }
silence-none = Nobody is silent for 1.5 s or more.
silence-longest = The longest silence: { $seconds } s, { $from } to { $until }.
notes-no-place = No note of this call has a place in the recording.
notes-no-more = No further note.
notes-none-before = No note before this.
mark-set = Mark at { $time }; u takes it back.
mark-nothing-plays = Marks stand where something plays; Space plays this call.
clip-needs-loop = A clip is what lies between A and B: a sets A, a again sets B.
clip-saved = Clip{ $title } saved: { $from } to { $until }, sha256 { $hash }…; e k puts it into a collection, u removes it.
undo-clip = clip
prompt-clip = Save the stretch from A to B as a clip
prompt-clip-help = Its title; may be empty.
prompt-silence = Leave out silence
prompt-silence-help = Quieter than -70 to -20 dB, for 0.7 to 5 s: -45 dB, 1.5 s
prompt-silence-bad = Write a level from -70 to -20 dB and a length from 0.7 to 5 s.
zoom-least = A second fills the screen already.
zoom-whole = The whole recording is on the screen.
zoom-only-player = The waveform is enlarged where a call fills the screen: Enter.
recording-only-one = This call has one recording.
recording-of = recording { $n } of { $all }
receipt-failed = What is heard cannot be reported: { $why } Listening goes on; it is tried again.
collect-title = Put { $whose } into a collection
collect-name = Name
collect-items = { $n ->
    [one] { $n } item
   *[other] { $n } items
}
collect-there = there already
collect-new = make "{ $name }"
collect-none = No collections yet: type a name to make one.
collect-hint = Type to narrow or name a new one   Enter puts in   Esc leaves
collect-clip = the clip
collect-no-clip = No clip was saved yet: a and a mark a stretch, C saves it.
collect-not-all = Everything that matches is marked as a query; mark calls one by one for a collection.
collect-too-many = A collection takes { $limit } calls at once; mark fewer.
collect-all-there = All of it is in { $name } already.
collected = { $n ->
    [one] Put into { $name }; in:{ $name } finds it, u takes it out.
   *[other] { $n } put into { $name }; in:{ $name } finds them, u takes them out.
}
collected-new = { $n ->
    [one] { $name } made, with one item; u takes it back.
   *[other] { $name } made, with { $n } items; u takes it back.
}
undo-collect = put into { $name }
outputs-title = Where the sound comes out
outputs-by-itself = what is found by itself
outputs-works = works
outputs-silent = no sound
outputs-trying = Trying what there is …
outputs-nothing = Nothing sounds here. Below stands how to hear all the same.
outputs-ways = Ways to hear somewhere else:
outputs-then-here = then here:
outputs-hint = Enter choose or copy   y copy   Y the second   r again   Esc
output-chosen = Sound comes out there from now on, until callreel ends.
copied-text = Sent to the terminal's clipboard; if it did not arrive, select it with the terminal's own means.
action-note-mark = mark this place
hint-note-mark = mark
action-note-comment = write a note at this place, while it plays on
hint-note-comment = comment
action-collection-add = put the marked calls, else this one, into a collection
hint-collection-add = collection
action-collection-add-clip = put the clip that was saved last into a collection
hint-collection-add-clip = clip to a collection
action-play-stop = stop, and give the output back
hint-play-stop = stop
action-play-again = play from the beginning
action-play-on = let the next call follow without a gap, or not
hint-play-on = next call follows
action-play-slower = slower, down to 0.5
action-play-faster = faster, up to 3
hint-play-faster = speed
action-play-speed-1 = speed as recorded
action-play-side = both sides, ours alone, the other alone
hint-play-side = side
action-play-swap = swap the sides, or not
hint-play-swap = swap the sides
action-play-balance-left = balance to the left
hint-play-balance-left = to the left
action-play-balance-right = balance to the right
hint-play-balance-right = to the right
action-play-balance-middle = balance to the middle
hint-play-balance-middle = balance in the middle
action-play-normalise = bring both sides to one level, or not
hint-play-normalise = one level
action-play-skip-silence = leave out silence, or not
hint-play-skip-silence = silence
action-play-silence-rule = what counts as silence: level and length
hint-play-silence-rule = what is silence
action-play-loop = set A, set B, take both off
hint-play-loop = A-B
action-play-clip = save what lies between A and B as a clip
action-play-turn-next = to the next speaker
hint-play-turn-next = speaker
action-play-turn-previous = to the speaker before
action-play-silence-longest = to the longest silence
action-play-note-next = to the next note or mark
hint-play-note-next = next note
action-play-note-previous = to the note or mark before
hint-play-note-previous = note before
action-play-zoom-in = enlarge the waveform, down to a second
hint-play-zoom-in = zoom
action-play-zoom-out = show more of the recording
action-play-output = where the sound comes out
hint-play-output = output
action-recording-next = next recording of the call
action-recording-previous = recording before

# Player
player-stopped = stopped
player-loading = loading
player-playing = playing
player-paused = paused
player-ended = at the end
player-failed-short = failed
player-silent = no sound, see below
player-volume = volume { $percent } %
player-to = to { $output }
player-nothing-loaded = Nothing is loaded; p plays the call under the cursor.
player-no-recording = This call has no recording to play.
player-recording-gone = The recording is { $state }: there is nothing to play.
player-no-output = No way to play from here: { $advice }
player-failed = Cannot play: { $why }
playing-not-listed = The call that plays is not in this list; its query was changed.

# Editing
note-title = Note on { $call }
note-at = at { $time }
note-hint = F2 or Ctrl-o saves   Esc leaves   Enter new line
note-ask = Save this note?  y save   n throw away   Esc go on writing
note-over = { $n ->
    [one] { $n } character
   *[other] { $n } characters
} too many: a note holds { $limit }. Nothing is lost yet.
note-too-long = A note holds at most { $limit } characters.
prompt-tags = Tags
prompt-tags-help = Parted by commas; take one out to remove it.
prompt-case = Case
prompt-case-help = The number of the complaint or ticket; empty unties the call.
prompt-date = Go to a date
prompt-date-help = Or type: yesterday, mon, -2w, 2026-11-07. Nothing is filtered.
prompt-seek = Go to a place in the recording
prompt-seek-help = Such as 3:12 or 90s.
prompt-seek-bad = "{ $text }" is no place in a recording; write 3:12 or 90s.
prompt-import = Import from an Asterisk
prompt-import-help = Folder of CDR, CEL, queue log, recordings; it is only read.
prompt-server = Connect to a server
prompt-server-help = Such as https://calls.example.com
prompt-hint = Enter done   Esc leaves
prompt-marked-tags = Tags of { $whose }
prompt-marked-tags-help = Parted by commas; -tag with a dash takes that one off.
prompt-marked-case = Case of { $whose }
prompt-marked-case-help = The number of the complaint or ticket; empty unties them.
note-marked-title = The same note at { $call }
note-edit-title = Change the note on { $call }
note-choose = Choose a note first: Tab goes to the next one.
note-chosen = Enter changes this note, D removes it.
no-notes = This call has no note; e n writes one.
note-remove-title = Remove the note
note-remove-ask = Remove "{ $text }"? u brings it back while callreel runs.
note-conflict = Somebody else changed that note meanwhile; nothing of theirs was lost. Here is your text as a new note: save it, or leave with Esc.
note-remove-conflict = Somebody else changed that note meanwhile: it stays. Read it again first.
confirm-hint = y yes   any other key: no, nothing is changed
undo-query = the query
undo-marks = the marks
undo-mark = a mark
undo-flag = the flag
undo-note = the note
undo-tags = the tags
undo-case = the case
undone = Undone: { $what }.
nothing-to-undo = Nothing to undo.
redone = Done again: { $what }.
nothing-to-redo = Nothing was taken back that could be done again.
undo-waits = Calls are still being changed: Ctrl-c ends that, then u takes it back.
undo-of = { $what } · { $who }
changed = Changed: { $what }; u undoes.
copied = Sent to the terminal's clipboard: { $text }  (if nothing arrived press y p)
copied-many = { $n } lines were sent to the terminal's clipboard  (if nothing arrived press y p)
copied-some = { $n } of { $all } were sent to the clipboard: it takes 8 kB, and only rows that were read. x l saves them all.
copy-all-marked = Everything that matches is marked: x l saves it as a file. Drop the marks (g *) to copy one call.
copy-no-link = A local database has no links: calls of a server have.
nothing-to-copy = Nothing to copy here.
read-only = The database is read-only here: nothing can be changed.
not-allowed = You lack the right "{ $what }": ask an owner for a role that has it.

# Everywhere
quit-title = Leave
quit-ask = Leave callreel?  y leaves, any other key stays
quit-ask-pending = { $n ->
    [one] { $n } change is saved first.
   *[other] { $n } changes are saved first.
} Leave?  y / n
quit-ask-work = { $n ->
    [one] A piece of work is
   *[other] { $n } pieces of work are
} not done and would end here.  y leaves
leaving-waits = { $n ->
    [one] { $n } change is
   *[other] { $n } changes are
} being saved; Ctrl-C again leaves without waiting.
cancel-again = Ctrl-C again leaves.
at-the-top = Nothing left to close; q leaves.
key-unknown = { $key } does nothing here, ? shows the keys.
not-here = Not possible here: { $what }
not-there-yet = { $pane } is not there yet; this version has the calls.
paste-dropped = A paste outside an input line does nothing; press / first.
burst-dropped = { $n } keys came at once and were dropped: a paste, or an answer of the terminal.
cannot-suspend = There is no shell to go back to.
too-small = Needs { $columns } columns and { $lines } lines; this is { $width }x{ $height }.
too-small-more = q leaves. callreel calls works at any size.
messages-title = Messages
messages-none = No messages yet.
messages-hint = j k scroll   Esc leaves
help-title = Keys here
help-title-all = All keys
help-hint = Type to search   ? all places   Enter runs it   Esc leaves
palette-title = Commands
list-filter = Search:
list-of = { $n } of { $all }
list-nothing = Nothing fits.
list-time = Enter goes to this time of what plays.
list-hint = ↓↑ choose   Enter runs it   Esc leaves

# What each action does (help and palette), and its word on the hint line
action-move-down = one down
action-move-up = one up
action-move-page-down = a page down
action-move-page-up = a page up
action-move-half-down = half a page down
action-move-half-up = half a page up
action-move-first = to the beginning
action-move-last = to the end
action-open = open the call in full
hint-open = open
action-back = back one layer: marks, then the query
hint-back = back
action-quit = leave
action-query-edit = filter: type a query
hint-query-edit = filter
action-query-clear = clear the query
action-query-form = fill a form that writes the query
hint-query-form = form
action-views = saved views
hint-views = views
action-view-save = save the query, order and columns as a view
hint-view-save = save as a view
action-chip-1 = put the first chip into the query, or take it out
action-chip-2 = put the second chip into the query, or take it out
action-chip-3 = put the third chip into the query, or take it out
action-chip-4 = put the fourth chip into the query, or take it out
action-chip-5 = put the fifth chip into the query, or take it out
action-chip-6 = put the sixth chip into the query, or take it out
action-chip-7 = put the seventh chip into the query, or take it out
action-chip-8 = put the eighth chip into the query, or take it out
action-chip-9 = put the ninth chip into the query, or take it out
action-panels-hide = hide or show what stands beside the list
action-facet-toggle = put the value into the query, or take it out
hint-facet-toggle = add, take out
action-facet-exclude = exclude the value, or no longer
hint-facet-exclude = exclude
hint-panels-hide = hide
action-columns-choose = choose columns, their order and width
hint-columns-choose = columns
action-totals = totals of what is filtered or marked
hint-totals = totals
action-customer = everything of this number
hint-customer = customer
action-why = why the call was recorded or not
action-mouse = mouse on or off
hint-mouse = mouse
action-take-recordings = download the recordings of the marked calls, else of this one
hint-take-recordings = download recordings
action-take-list = save the list as CSV, JSON or NDJSON
hint-take-list = save the list
action-take-to-drive = copy the recordings to a drive
hint-take-to-drive = to a drive
action-redo = do again what was undone
action-undo-list = what can be undone
hint-undo-list = what can be undone
hint-messages = messages
hint-mark-none = drop the marks
hint-play-seek = a place in the recording
action-copy-row = copy the row
hint-copy-row = row
action-copy-link = copy the link of the call
hint-copy-link = link
action-copy-page = show the page plainly, to be selected
hint-copy-page = copy page
action-palette = all commands by name
hint-palette = commands
action-help = keys of this place
hint-help = help
action-messages = earlier messages
action-redraw = draw everything again
action-suspend = stop and go to the shell
action-cancel = cancel; twice: leave
action-undo = undo the last change, mark, query or columns
hint-undo = undo
action-go-calls = go to the calls
hint-go-calls = Calls
action-go-review = go to the reviews
hint-go-review = Review
action-go-rules = go to the recording rules
hint-go-rules = Rules
action-go-storage = go to the storage
hint-go-storage = Storage
action-go-drives = go to the drives
hint-go-drives = Drives
action-go-audit = go to the audit log
hint-go-audit = Audit
action-audit-others = who else heard, downloaded or exported it
hint-audit-others = who else
action-audit-session = everything of the same session
hint-audit-session = same session
action-audit-call = the call that the entry is about
hint-audit-call = its call
action-audit-export = save what is found as a file
hint-audit-export = save
audit-query-hint = Enter done   Tab complete   ↑↓ earlier   Esc back   try did:denied  who:NAME
audit-no-entry = There is no entry here.
audit-hint-call = Enter goes to the call
audit-label-uid = uid
audit-label-ssh = ssh line
audit-label-hash = hash
action-audit-verify = compute the audit log again: was anything changed?
hint-audit-verify = check
action-go-users = go to the users
hint-go-users = Users
action-go-jobs = the work of this session
hint-go-jobs = work
action-go-missed = go to the missed calls
hint-go-missed = Missed calls
action-go-load = go to the load
hint-go-load = Load
action-go-costs = go to the costs
hint-go-costs = Costs
action-go-live = go to the live calls
hint-go-live = Live
action-go-alarms = go to the alarms
hint-go-alarms = Alarms
action-go-playing = go to the call that plays
hint-go-playing = what plays
action-go-back = back where I was
hint-go-back = back
action-go-date = go to a date, without filtering
hint-go-date = a date
hint-move-first = top of the list
action-list-refresh = load what is new
action-sort-choose = sort by …
hint-sort-choose = sort
action-sort-reverse = reverse the order
action-mark-toggle = mark and go down
hint-mark-toggle = mark
action-mark-range = begin or end a range of marks
action-mark-all = mark everything that matches; counted again first
action-mark-none = drop the marks
action-part-next = next part: the facets of the list, the notes of a call
hint-part-next = notes
action-part-previous = part before
action-note-remove = remove the chosen note, after a question
action-edit-note = write a note, or change the chosen one
hint-edit-note = note
action-edit-tags = change the tags
hint-edit-tags = tags
action-edit-case = tie to a case
hint-edit-case = case
action-flag = flag, or take the flag away
hint-flag = flag
action-copy-id = copy the id of the call
hint-copy-id = id
action-copy-number = copy the number
hint-copy-number = number
action-play = play, pause
hint-play = play
action-play-louder = louder
hint-play-louder = volume
action-play-quieter = quieter
action-play-seek = go to a place in the recording
action-play-back-5 = back 5 s
action-play-on-5 = on 5 s
hint-play-on-5 = 5 s
action-play-back-1 = back 1 s
action-play-on-1 = on 1 s
action-play-back-30 = back 30 s
action-play-on-30 = on 30 s
hint-play-on-30 = 30 s
action-call-next = next call
hint-call-next = call
action-call-previous = previous call

# Work on many, and work that takes a while
whose-all = all that match
whose-marked = { $n ->
    [one] { $n } marked call
   *[other] { $n } marked calls
}
counting = Counting …
nothing-matches-now = Nothing of it is there any more.
many-flag = Flag { $n ->
    [one] { $n } call
   *[other] { $n } calls
}
many-unflag = Take the flag from { $n ->
    [one] { $n } call
   *[other] { $n } calls
}
many-tags = Change the tags of { $n ->
    [one] { $n } call
   *[other] { $n } calls
}
many-case = Tie { $n ->
    [one] { $n } call
   *[other] { $n } calls
} to a case
many-untie = Untie { $n ->
    [one] { $n } call
   *[other] { $n } calls
} from their case
many-note = Write a note at { $n ->
    [one] { $n } call
   *[other] { $n } calls
}
many-counted = { $n ->
    [one] { $n } call
   *[other] { $n } calls
}, counted just now.
what-flag = { $n ->
    [one] { $n } has no flag and gets one.
   *[other] { $n } have no flag and get one.
}
what-unflag = { $n ->
    [one] It loses its flag.
   *[other] All of them lose their flag.
}
what-case = Each is tied to case { $case }, whatever it was tied to before.
what-untie = None of them is tied to a case any more.
what-note = Each gets this note: "{ $text }"
what-tags-add = Each gets: { $tags }.
what-tags-remove = From each comes off: { $tags }.
task-begun = { $what } … Ctrl-c ends it, g j shows it.
task-queued = { $what }: begins when the work before it is through; g j shows it.
task-ending = { $what }: ending …
task-not-begun = not begun
task-done = { $what }: { $words }
task-undone = Undone: { $what }: { $words }
task-cancelled = { $what } was ended: { $words }
task-failed = { $what } failed: { $words }
task-changed = { $n ->
    [one] { $n } changed
   *[other] { $n } changed
}
task-changed-before = { $n ->
    [one] { $n } was
   *[other] { $n } were
} changed before that; u takes it back
task-same = { $n } were so already
task-gone = { $n } of { $all } were not there any more
task-kept = { $n ->
    [one] { $n } note was changed since and stays
   *[other] { $n } notes were changed since and stay
}
task-undo = u undoes
task-saved = { $n ->
    [one] { $n } recording saved in { $folder }
   *[other] { $n } recordings saved in { $folder }
}
task-there = { $n } were there already
task-failed-some = { $n } failed, named in { $manifest }
task-again = the same again goes on from here
task-rows = { $n ->
    [one] { $n } row
   *[other] { $n } rows
} in { $file } ({ $size })
task-save-cancelled = { $rows } rows were written; the unfinished file is gone
task-kind-change = changing
task-kind-download = download
task-kind-save = saving list

# Taking out
whose-this = this call
whose-calls = { $n ->
    [one] { $n } call
   *[other] { $n } calls
}
take-recordings-title = Download the recordings of { $whose }
take-list-title = Save the list: { $whose }
take-recordings-work = Download the recordings of { $whose }
take-list-work = Save { $whose } as { $form }
take-amount = { $n ->
    [one] { $n } recording
   *[other] { $n } recordings
} of { $calls }, { $size }, counted just now
take-rows = { $calls }, counted just now
take-folder = Folder
take-folder-help = Made if it is missing; Tab completes.
take-file = File
take-file-help = Its folder is made if it is missing; Tab completes folders.
take-names = Names
take-form = Form
take-columns = Columns
take-columns-all = all of them
take-columns-shown = { $n ->
    [one] the one shown
   *[other] the { $n } shown
}
take-manifest = manifest.csv in it tells of each; what is there and whole is kept, so the same again goes on where it was broken off.
take-hint = Enter begins   ↓↑ next field   Tab completes   Esc leaves
take-list-hint = Enter begins   ↓↑ next field   Space changes   Esc leaves
take-no-place = Say where it shall go.
take-no-folder = No folder begins like this; it is made if you go on.
take-no-recordings = None of these calls has a recording.
take-read-only = The database is read-only here: a download could not be audited, so it is refused.
take-replace-title = Replace the file
take-replace = { $file } is there already. Replace it? It stays as it is until the new one is whole.
drives-not-yet = Drives are not there yet in this version. x d downloads the recordings to a folder, x l saves the list.

# Lists of what was done, commands
nothing-marked = Nothing is marked.
only-in = Only in this place: { $place }.
work-title = Work of this session
work-none = No work yet: downloads, saved lists and changes of many calls stand here.
work-hint = j k choose   Ctrl-c ends it   Esc leaves
work-waits = waits
work-ended = ended
work-failed = failed
undo-title = What can be taken back
undo-none = Nothing was done yet.
undo-hint = j k choose   Enter takes back everything down to here   Esc leaves
group-find = Finding
group-look = Looking
group-mark = Marking
group-edit = Editing
group-take = Copying and taking out
group-play = Playing
group-move = Moving
group-go = Going
group-program = The program
command-undo = what can be taken back
command-messages = earlier messages
command-jobs = the work of this session
command-chip = give a digit another piece of query
command-mouse = mouse reports on or off
command-speed = how fast, from 0.5 to 3
command-volume = how loud, from 0 to 150 percent
command-silence = what is left out as silence
command-quit = leave
command-usage = Write: { $usage }
command-unknown = No command { $name }.

# The line to a server, and what waits for it
header-lost = × line lost
header-slow = ~ slow
header-signed-out = ! signed out
header-other-version = ! other version
header-waiting = … { $n } unsent
line-lost-told = The line to { $place } is lost: { $why }
line-lost = No line since { $since } ({ $why }). Next try { $next }, r at once. What you see stays; what you write is sent then.
line-lost-typing = No line since { $since } ({ $why }). Next try { $next }. What you write is kept and sent then.
line-signed-out = Signed out: r signs in. What you see stays; what you write is sent then.
line-other-version = What answers is another version of callreel. What you see stays; r tries again.
line-slow = The server takes long. Keys go on working; Esc does not wait for it any more.
line-given-up = Not waited for any more: what is shown is older. r reads it again.
line-back = The line is back.
line-back-sends = The line is back: { $n ->
    [one] { $n } change is
   *[other] { $n } changes are
} being sent.
line-needed = Not while the line is away.
calls-not-for-you = This call is in the list, but you may not open it.
line-failed-more = It is tried again by itself. r tries at once, q leaves.
line-sign-in-first = { $place } asks who you are.
line-sign-in-first-more = r signs in, q leaves.
pending-title = Not sent yet
pending-none = Everything is sent.
pending-offered = { $n ->
    [one] { $n } change
   *[other] { $n } changes
} of an earlier session were never sent.
pending-refused = Not saved: { $why } It is kept: :pending shows it.
pending-waits = It is sent as soon as the line is back.
pending-waits-sign-in = It is sent as soon as you are signed in.
pending-dropped = Thrown away.
pending-hint = s send   S send all   y copy   D throw away   Esc keep for later
pending-sent = on its way
pending-waiting = waits for the line
pending-earlier = from an earlier session
pending-not-taken = not taken
pending-why = Not taken: { $why }
pending-note = note: { $what }
pending-note-edited = note, changed: { $what }
pending-note-removed = remove note: { $what }
pending-mark = mark at { $what }
pending-tag = tag { $what }
pending-tag-removed = remove tag { $what }
pending-case = case { $what }
pending-case-removed = no case
pending-flag = flag
pending-flag-removed = no flag
undo-pending = throwing a note away

# Audit log
audit-empty = everything · / asks: who: did: object: where: date:
audit-empty-short = everything · / asks
audit-mine = only your own acts
audit-nothing = Nothing in the log fits this question.
audit-nothing-more = 0 takes the question away, / changes it.
audit-count = { $n } of { $m }
audit-chain-unchecked = chain not checked
audit-chain-checking = checking …
audit-chain-whole = chain { $time } √
audit-chain-broken = ! CHANGED at { $seq }
audit-chain-broken-table = ! GUARDS MISSING
audit-column-entry = ENTRY
audit-column-time = TIME▼
audit-column-who = WHO
audit-column-did = DID
audit-column-what = WHAT
audit-column-from = FROM
audit-entry = entry { $n }
audit-label-time = time
audit-label-who = who
audit-label-did = did
audit-label-what = what
audit-label-text = text
audit-label-chain = chain
audit-label-fault = fault
audit-follows = follows { $n }
audit-first = the first
audit-session-title = Same session
audit-session-none = Nothing else yet.
audit-session-without = Not in a session: on this machine.
audit-refused = denied
audit-failed = failed
audit-no-call = this entry is not about a call or a recording
audit-no-object = this entry is about nothing that others could have heard
audit-no-session = this entry belongs to no session
audit-checked = { $n ->
    [one] The audit log is whole: { $rows } entries, { $n } checkpoint.
   *[other] The audit log is whole: { $rows } entries, { $n } checkpoints.
}
audit-broken = The audit log was changed: { $reason } (entry { $seq }).
audit-chip-1 = Today
audit-chip-2 = This week
audit-chip-3 = Listened
audit-chip-4 = Exported
audit-chip-5 = Deleted
audit-chip-6 = Rules
audit-chip-7 = Sign-in
audit-chip-8 = Denied

# The gate: sign-in and lock
header-locked = ■ locked
sign-in-title = Sign in
sign-in-first = { $place } asks who you are.
sign-in-user = User
sign-in-password = Password
sign-in-working = Asking the server …
sign-in-away = The line is away; it is tried again by itself.
sign-in-hint = Enter signs in   Tab user, password   Esc not now
sign-in-hint-bound = Enter signs in   Esc not now
sign-in-for-act = Who may do what is changed with a password that was shown in the last minutes. What you began goes on by itself then.
ended-title = Signed out since { $since }
sign-in-ended = Your sign-in has ended: it was too long ago, somebody ended it, or the account was locked. The calls are hidden and your work is kept; it goes on where you were.
sign-in-ended-why = { $told } The server says: { $why }
ended-hint = Enter signs in   Ctrl-c twice leaves
lock-title = Locked since { $since }
lock-asks = The calls are hidden and your work is kept. Your password shows them again.
lock-open = The calls are hidden and your work is kept. This protects from glances alone: who opens a file or a socket of this machine has no password here.
lock-hint = Enter unlocks   Ctrl-c twice leaves
lock-hint-open = Enter shows everything again   q leaves
lock-nothing = Nothing is open that could be hidden.
player-waits-for-line = It goes on from here as soon as the line is back.

# Places
places-title = Places
places-hint = j k choose   Enter goes there   Esc stays
places-none = There is no other place: profiles stand in config.toml.
places-unknown = No profile "{ $name }": :profile shows those there are.
places-here = This is { $name }.
places-busy = Not while something is being saved or worked on.
command-profile = another place, by the name of its profile
command-lock = hide everything until you are back
command-pending = what is not sent yet

# People, roles, tokens and sessions
place-matrix = who may do what
action-access-add = add a user, a role or a token
hint-access-add = add
action-access-edit = change the user or the role
hint-access-edit = edit
action-access-lock = lock or unlock the user
hint-access-lock = lock
action-access-remove = remove the user or role, revoke the token, end the session
hint-access-remove = remove
action-access-matrix = who may do what: roles and permissions
hint-access-matrix = who may
action-cell-left = the role at the left
hint-cell-left = left
action-cell-right = the role at the right
hint-cell-right = right
action-cell-turn = give or take this permission
hint-cell-turn = turn
action-matrix-apply = apply what was turned, after showing the difference
hint-matrix-apply = apply
action-matrix-discard = throw away what was turned
hint-matrix-discard = discard
command-share = share the recordings of the marked calls, else of this one, by a link
command-reset-password = make a new password for the user, or set one

users-part-users = Users
users-part-roles = Roles
users-part-tokens = Tokens
users-part-sessions = Sessions
users-part-shares = Shares
users-one-users = user
users-one-roles = role
users-one-tokens = token
users-one-sessions = session
users-one-shares = share
users-none-users = No account but the owner's, who comes by the socket or the file. a adds one.
users-none-roles = You lack the right "users", which tells what roles there are: ask an owner.
users-none-shares = No link is shared. In the list x s shares the recordings of a call.
users-none-tokens = No tokens. a makes one; what it may do is a part of what you may.
users-none-sessions = Nobody is signed in by password.
users-alone = only yourself
users-name = name
users-full-name = full name
users-grants = roles
users-agent = agent, ext.
users-sign-in = signs in
users-seen = last seen
users-role = role
users-kind = kind
users-held = users
users-permissions = may
users-user = user
users-scope = may
users-projects = projects
users-expires = expires
users-used = last used
users-state = state
users-from = from
users-since = since
users-until = until
users-login = login
users-password = password
users-added = added
users-for = for
users-locked = locked
users-by-both = both ways
users-by-password = password
users-by-socket = socket
users-revoked = revoked
users-expired = expired
users-soon = soon
users-valid = valid
users-owner = the owner
users-this-machine = this machine
users-this-one = this one
users-built-in = built in
users-own = own
users-none = none
users-no-grants = none: may do nothing
users-password-set = set
users-password-none = none: no sign-in by password
users-everywhere = everywhere that the user reaches
users-never = never
users-sessions = { $n ->
    [one] { $n } session
   *[other] { $n } sessions
}
users-tokens = { $n ->
    [one] { $n } token
   *[other] { $n } tokens
}
users-no-session-add = A session begins when somebody signs in.
users-no-edit = Nothing here can be changed; D ends it.
users-lock-users = Users are locked; go to their list with Tab.
users-lock-title = Lock the user
users-lock-ask = Lock { $name }? They cannot sign in; { $sessions } end now, and { $tokens } are worth nothing.
users-unlock-title = Unlock the user
users-unlock-ask = Unlock { $name }? They can sign in again.
users-remove-title = Remove the user
users-remove-ask = Remove { $name }? The account goes with { $sessions } and { $tokens }; links that they shared lead nowhere. What they did stays in the audit log.
users-saved = { $name } is saved.
users-saved-no-way = { $name } is saved, and cannot sign in yet: :reset-password makes a password.
users-removed = { $name } is removed.
users-changed = Somebody else changed it meanwhile; it was read anew. Look, then try again.
users-sign-in-again = This needs somebody who signed in just now: sign in again, then repeat it.
users-password-where = Go to the user on the pane of users (g e) first.
users-password-title = New password
users-password-ask = Make a new password for { $name }? The old one and their sessions end; the new one is shown once.
users-password-done = { $name } has a new password.
roles-reset-title = Set the role back
roles-reset-ask = { $name } is built in and cannot be removed. Set it back to what it came with?
roles-remove-title = Remove the role
roles-remove-ask = Remove the role { $name }? Who has it may no longer do what it gave.
roles-saved = The role { $name } is saved.
roles-removed = The role { $name } is gone, or as it came.
tokens-revoked-already = It is revoked already.
tokens-revoke-title = Revoke the token
tokens-revoke-ask = Revoke { $name }? What uses it is refused from now on; it cannot be taken back.
tokens-revoked = { $name } is revoked.
sessions-end-title = End the session
sessions-end-ask = End this session of { $user }? They have to sign in again.
sessions-end-own-ask = End your own session? You have to sign in again.
sessions-ended = The session of { $name } has ended.

fill-hint = Enter saves  Tab completes, next line  ↑↓ lines  Esc closes
fill-new-user-title = Add a user
fill-user-title = { $whose }
fill-new-role-title = Add a role
fill-token-title = Make a token
fill-password-title = Password of { $whose }
fill-share-title = Share: { $whose }
fill-name = name
fill-name-help = What they sign in with, and what the audit log calls them.
fill-full-name = full name
fill-full-name-help = For people to read.
fill-grants = roles
fill-grants-help = Roles over calls, parted by blanks: supervisor@project:sales agent@own auditor@*
fill-login = login
fill-login-help = Their login name on the server's machine: who comes by the socket needs no password.
fill-agent = agent
fill-agent-help = The name under which the exchange knows them, for their own calls.
fill-extensions = extensions
fill-extensions-help = Extensions whose calls are theirs whoever used them; better name the agent.
fill-role = name
fill-role-help = One word, such as trainer.
fill-remark = for
fill-remark-help = What it is for.
fill-permissions = may
fill-permissions-help = Permissions, parted by blanks; the sheet (M) changes them later.
fill-token = name
fill-token-help = What uses it, such as crm.
fill-scope = may
fill-scope-help = Permissions of yours that it carries, parted by blanks.
fill-projects = projects
fill-projects-help = Only over calls of these, parted by commas; empty: all that the user reaches.
fill-expires = expires
fill-expires-help = Days or weeks: 14d, 2w. Empty: as usual.
fill-user = user
fill-user-help = Whose rights it carries; empty: yours.
fill-password = password
fill-password-help = At least 12 characters; not one that others have.
fill-title = title
fill-title-help = What the page is headed with. Whoever has the link reads it.
fill-plays = plays
fill-plays-help = How often it may be played in all; empty: as often as wanted.
fill-passphrase = passphrase
fill-passphrase-help = Asked for before anything is shown. Tell it on another way than the link.
fill-whom = for whom
fill-whom-help = A remark for people here; the page does not show it.
fill-needed = "{ $what }" is needed.
fill-no-permission = There is no permission "{ $word }"; Tab completes.
fill-bad-expires = Days or weeks, such as 14d or 2w.
fill-bad-plays = A number, or nothing.
once-hint = y copies it  Esc closes; it is not shown again
once-token-title = Token { $name }
once-token = Keep it in a safe place: only its hash stays here.
once-password-title = Password of { $name }
once-password = Tell it to nobody else. Their sessions have ended.
once-share-title = Link
once-share = Whoever has this link hears what you shared, until it expires or is revoked.
once-share-path = Whoever has this link hears what you shared. Put the address of your server in front.
share-not-all = Mark the calls one by one: everything that matches cannot be shared.
share-nothing = There is no recording to share.
share-recordings = { $n ->
    [one] { $n } recording
   *[other] { $n } recordings
}

matrix-title = Who may do what
matrix-title-user = What { $name } may do, and where
matrix-turned = { $n ->
    [one] { $n } change not applied
   *[other] { $n } changes not applied
}
matrix-none = Nothing: no role was given.
matrix-nothing = There is nothing to turn here.
matrix-of-user = Rights of a user come from their roles; e on the user changes those.
matrix-owner = owner may do everything and cannot be changed
matrix-own = nobody changes a role of their own
matrix-not-allowed = you lack the right "users": ask an owner
matrix-by = by { $grants }
matrix-not-there = not there
matrix-taken = taken away here; the role came with it
matrix-discarded = What was turned is thrown away.
matrix-not-applied = There are changes that are not applied: A applies them, D throws them away.
matrix-no-change = Nothing was turned.
matrix-apply-title = Apply
matrix-apply-ask = From the next request on: { $changes }
permission-see = see calls and their facts
permission-listen = listen to recordings
permission-download = take recordings out
permission-export = take lists of calls out
permission-note = write notes, tags, cases and flags
permission-delete = delete recordings
permission-hold = set and lift holds
permission-rules = say what is recorded
permission-storage = look after the storage
permission-drives = look after drives
permission-users = manage accounts, roles and tokens
permission-audit = read the audit log
permission-reveal-number = see whole numbers
permission-import = import calls and recordings
permission-directory = manage extensions, groups, projects and customers
permission-share = share recordings by links
permission-backup = make backups

# Hints that mean something of their own on a pane
hint-next-list = next list
hint-rights = rights
hint-whole-entry = in full
hint-revoke = revoke
hint-end-session = end it
hint-read-anew = read anew

# The audit log as a file
take-log-title = Save { $whose }
take-log-all = the audit log
take-log-found = what was found in the audit log
take-log-work = Save { $whose } as { $form }
take-entries = { $n ->
    [one] { $n } entry, as far as it was counted
   *[other] { $n } entries, as far as they were counted
}

# Shares and clips
action-share-add = share recordings or the chosen clip by a link
hint-share-add = share by a link
share-clip = clip { $from } – { $until }{ $title }
shares-title = title
shares-what = what
shares-who = by
shares-plays = plays
shares-for = for whom
shares-link = link
shares-link-kept = was shown once; only its hash is kept here
shares-used-up = used up
shares-passphrase-yes = with a passphrase
shares-passphrase-no = no passphrase
shares-plays-any = as often as wanted
shares-played-of = { $n } of { $all }
shares-plays-left = { $n ->
    [one] { $n } left
   *[other] { $n } left
}
shares-recordings = { $n ->
    [one] { $n } recording
   *[other] { $n } recordings
}
shares-clips = { $n ->
    [one] { $n } clip
   *[other] { $n } clips
}
shares-where-add = A link is made where the call is: x s there.
shares-revoke-title = Revoke the link
shares-revoke-ask = Revoke "{ $name }"? The link leads nowhere from now on.
shares-revoked = "{ $name }" leads nowhere any more.
section-clips = Clips
clip-untitled = (no title)
clip-chosen = Enter plays it again and again, x s shares it, D removes it.
clip-alone = The recording of this clip is not here any more.
clip-remove-title = Remove the clip
clip-remove-ask = Remove { $what }? u makes it again.
pending-unsent = not sent
