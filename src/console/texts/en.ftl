# Texts of the console in English. Ids are kebab-case and begin with the place they stand in.
# A test fails when code asks for an id that is not here, and when an id here is asked for by nobody.

# Panes: the capital, or the letter before the name, goes there after g.
pane-calls = Calls
pane-review = Review
pane-rules = rUles
pane-storage = Storage
pane-drives = x Drives
pane-audit = Audit
pane-rest = … g
header-saving = saving { $n }
header-playing = ► playing
header-read-only = read-only
place-global = everywhere
place-calls = calls
place-player = player

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
empty-no-match-more = Esc clears the query, / changes it, u brings the one before back.
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
sort-start = time
sort-talk-s = talk time
sort-wait-s = waiting time
sort-on-hold-s = time on hold
sort-cost = cost
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
short-unanswered = no reply
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
lane-agent = agent
lane-customer = customer
lane-both = both sides

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
fact-case = case { $case }
fact-tags = tags: { $tags }
fact-flagged = flagged
section-notes = Notes
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
note-too-long = A note holds at most { $limit } characters.
prompt-tags = Tags
prompt-tags-help = Parted by commas; take one out to remove it.
prompt-case = Case
prompt-case-help = The number of the complaint or ticket; empty unties the call.
prompt-date = Go to a date
prompt-date-help = Such as yesterday, mon, -2w, 2026-11-07; the list is not filtered.
prompt-seek = Go to a place in the recording
prompt-seek-help = Such as 3:12 or 90s.
prompt-seek-bad = "{ $text }" is no place in a recording; write 3:12 or 90s.
prompt-import = Import from an Asterisk
prompt-import-help = Folder of CDR, CEL, queue log, recordings; it is only read.
prompt-server = Connect to a server
prompt-server-help = Such as https://calls.example.com
prompt-hint = Enter done   Esc leaves
prompt-tags-many = Tags of { $n } calls
prompt-case-many = Case of { $n } calls
note-edit-title = Change the note on { $call }
note-choose = Choose a note first: Tab goes to the next one.
note-chosen = Enter changes this note, D removes it.
no-notes = This call has no note; e n writes one.
note-remove-title = Remove the note
note-remove-ask = Remove "{ $text }"? u brings it back while callreel runs.
note-conflict = Somebody else changed that note meanwhile; nothing of theirs was lost. Here is your text as a new note: save it, or leave with Esc.
note-remove-conflict = Somebody else changed that note meanwhile: it stays. Read it again first.
confirm-hint = y yes   any other key: no, nothing is changed
flag-many-title = Flag
flag-many-ask = { $n ->
    [one] { $n } call matches.
   *[other] { $n } calls match.
} Flag all of them?
unflag-many-ask = { $n ->
    [one] { $n } call matches.
   *[other] { $n } calls match.
} Take the flag from all of them?
targets-too-many = More than { $limit } calls match: that many are not changed at once. Narrow the query first.
undo-query = the query
undo-marks = the marks
undo-flag = the flag
undo-note = the note
undo-tags = the tags
undo-case = the case
undone = Undone: { $what }.
nothing-to-undo = Nothing to undo.
copied = Sent to the terminal's clipboard, if it lets that through: { $text }
nothing-to-copy = Nothing to copy here.
read-only = The database is read-only here: nothing can be changed.
not-allowed = You lack the right "{ $what }".

# Everywhere
quit-title = Leave
quit-ask = Leave callreel?  y leaves, any other key stays
quit-ask-pending = { $n ->
    [one] { $n } change is saved first.
   *[other] { $n } changes are saved first.
} Leave?  y / n
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
list-hint = ↓↑ choose   Enter runs it   Esc leaves

# What each action does (help and palette), and its word on the hint line
action-move-down = down
action-move-up = up
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
action-palette = all commands by name
hint-palette = commands
action-help = keys of this place
hint-help = help
action-messages = earlier messages
action-redraw = draw everything again
action-suspend = stop and go to the shell
action-cancel = cancel; twice: leave
action-undo = undo the last note, tag, case, flag, mark or query
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
action-go-users = go to the users
hint-go-users = Users
action-go-jobs = go to the jobs
hint-go-jobs = Jobs
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
action-part-next = next note: Enter changes it
hint-part-next = notes
action-part-previous = note before
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
