//! The fields of the language: what is alive, what comes later, and the nearest guess for what was mistyped.

use super::filter::Side;
use crate::domain::clean::fold;

/// What a field's values are and mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Date,
    After,
    Before,
    TimeOfDay,
    Weekday,
    /// A number or a name.
    Party(Side),
    CustomerName,
    Extension,
    Agent,
    Group,
    Queue,
    Project,
    Direction,
    Route,
    Is,
    Has,
    Talk,
    Wait,
    OnHold,
    RecordingLength,
    Size,
    Case,
    Tag,
    Note,
    Id,
    On,
    Mode,
    HeardBy,
    DownloadedBy,
    In,
    View,
    Sort,
    /// Of the audit log: who acted, what they did, to what, from where, in which session.
    Who,
    Did,
    Object,
    Where,
    Session,
}

/// One field that queries may use.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    pub name: &'static str,
    pub kind: Kind,
    /// For completion and the table of docs/query.md.
    pub meaning: &'static str,
    /// Fixed words, where there are such.
    pub values: &'static [&'static str],
    /// A complete term.
    pub example: &'static str,
}

const fn field(name: &'static str, kind: Kind, meaning: &'static str, example: &'static str) -> Field {
    Field { name, kind, meaning, values: &[], example }
}

const fn fixed(
    name: &'static str,
    kind: Kind,
    meaning: &'static str,
    values: &'static [&'static str],
    example: &'static str,
) -> Field {
    Field { name, kind, meaning, values, example }
}

/// Words that dates offer for completion.
const DATE_WORDS: &[&str] = &[
    "today",
    "yesterday",
    "this-week",
    "last-week",
    "this-month",
    "last-month",
    "mon",
    "tue",
    "wed",
    "thu",
    "fri",
    "sat",
    "sun",
    "now",
    "-7d",
    "-2w",
    "-3mo",
    "-1y",
    "-12h",
];

/// In the order of docs/query.md.
pub const FIELDS: &[Field] = &[
    fixed("date", Kind::Date, "when the call began: a day, a range, a shorthand", DATE_WORDS, "date:-7d.."),
    fixed("after", Kind::After, "from the first moment of that day on", DATE_WORDS, "after:2026-10-01"),
    fixed("before", Kind::Before, "up to, without, the first moment of that day", DATE_WORDS, "before:2026-11-01"),
    field("time", Kind::TimeOfDay, "time of day at the start; may run over midnight", "time:08:00..12:00"),
    fixed(
        "day",
        Kind::Weekday,
        "day of the week at the start",
        &["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
        "day:mon..fri",
    ),
    field("num", Kind::Party(Side::Any), "number or name on any side", "num:0142"),
    field("from", Kind::Party(Side::From), "number or name of who called", "from:^+48"),
    field("to", Kind::Party(Side::To), "number or name of who was called or reached", "to:+36*"),
    field("name", Kind::CustomerName, "part of the customer's name", "name:novak"),
    field("ext", Kind::Extension, "any extension that took part", "ext:601..609"),
    field("agent", Kind::Agent, "part of the name of an agent who took part", "agent:wisniewska"),
    field("group", Kind::Group, "group; * leaves the end open", "group:sales"),
    field("queue", Kind::Queue, "queue; * leaves the end open", "queue:sales,support"),
    field("project", Kind::Project, "project; * leaves the end open", "project:retail"),
    fixed("dir", Kind::Direction, "direction", &["in", "out", "internal"], "dir:in"),
    fixed("route", Kind::Route, "how an incoming call came", &["direct", "ivr", "queue"], "route:queue"),
    fixed(
        "is",
        Kind::Is,
        "outcome or state",
        &["answered", "missed", "unanswered", "abandoned", "busy", "failed", "recorded", "flagged", "lost"],
        "is:missed,abandoned",
    ),
    fixed("has", Kind::Has, "what the call has", &["recording", "note", "tag", "case"], "has:note"),
    field("talk", Kind::Talk, "talk time", "talk:>2m"),
    field("wait", Kind::Wait, "time until somebody answered, or until the end", "wait:<=30s"),
    field("on-hold", Kind::OnHold, "time on hold", "on-hold:>1m"),
    field("len", Kind::RecordingLength, "length of the recordings together", "len:2:30..5:00"),
    field("size", Kind::Size, "bytes of the recordings together", "size:>10MB"),
    field("case", Kind::Case, "case number; * leaves the end open", "case:C-17"),
    field("tag", Kind::Tag, "part of a tag", "tag:refund,complaint"),
    field("note", Kind::Note, "each word begins a word of a note", "note:\"call back\""),
    field("id", Kind::Id, "id of the call, of a recording, or of the exchange", "id:pbx-1795219324.0"),
    fixed("on", Kind::On, "place of a copy", &["internal"], "on:internal"),
    fixed("mode", Kind::Mode, "why it was recorded", &["auto", "on-demand"], "mode:on-demand"),
    field("heard-by", Kind::HeardBy, "part of the name of somebody who heard some of it", "heard-by:anna"),
    field(
        "downloaded-by",
        Kind::DownloadedBy,
        "part of the name of somebody who downloaded it, or a clip of it",
        "downloaded-by:anna",
    ),
    field("in", Kind::In, "a collection that has it, or a clip of it; * leaves the end open", "in:training"),
    field("view", Kind::View, "a saved view inside a query", "view:complaints"),
    fixed(
        "sort",
        Kind::Sort,
        "order of the list; - turns it round",
        &[
            "start",
            "-start",
            "talk",
            "-talk",
            "wait",
            "-wait",
            "on-hold",
            "-on-hold",
            "duration",
            "-duration",
            "len",
            "-len",
            "size",
            "-size",
            "from",
            "to",
            "name",
            "ext",
            "agent",
            "group",
            "queue",
            "dir",
            "route",
            "is",
            "case",
        ],
        "sort:-talk",
    ),
];

/// The fields of the audit log, in the order of docs/query.md.
pub const AUDIT_FIELDS: &[Field] = &[
    field("who", Kind::Who, "part of the name of whoever acted; = and a name: that name", "who:anna"),
    fixed(
        "did",
        Kind::Did,
        "what was done: a word of people, the stored word, or either side of its dot",
        &[
            "listened",
            "heard",
            "downloaded",
            "exported",
            "deleted",
            "changed",
            "added",
            "noted",
            "tagged",
            "flagged",
            "shared",
            "revoked",
            "imported",
            "sign-in",
            "denied",
            "failed",
        ],
        "did:listened,downloaded",
    ),
    field(
        "object",
        Kind::Object,
        "id or name of what it was done to; of a call its recordings and clips too; * leaves the end open",
        "object:C-17",
    ),
    fixed("where", Kind::Where, "the way in, or part of the address", super::audit::WAYS, "where:10.0.4."),
    field("session", Kind::Session, "id of the session, token or share that was shown; * leaves the end open", "session:S1"),
    fixed("date", Kind::Date, "when it was done: a day, a range, a shorthand", DATE_WORDS, "date:-7d.."),
    fixed("after", Kind::After, "from the first moment of that day on", DATE_WORDS, "after:2026-10-01"),
    fixed("before", Kind::Before, "up to, without, the first moment of that day", DATE_WORDS, "before:2026-11-01"),
    fixed("sort", Kind::Sort, "oldest first, or with a dash newest first", &["seq", "-seq"], "sort:-seq"),
];

/// Words that people try on the audit log, and the field that they mean. Only for suggestions.
const TRIED_AUDIT: &[(&str, &str)] = &[
    ("user", "who"),
    ("agent", "who"),
    ("name", "who"),
    ("by", "who"),
    ("actor", "who"),
    ("what", "did"),
    ("act", "did"),
    ("action", "did"),
    ("is", "did"),
    ("outcome", "did"),
    ("id", "object"),
    ("call", "object"),
    ("recording", "object"),
    ("case", "object"),
    ("from", "where"),
    ("via", "where"),
    ("address", "where"),
    ("ip", "where"),
    ("token", "session"),
    ("at", "date"),
    ("time", "date"),
    ("since", "after"),
    ("until", "before"),
    ("order", "sort"),
];

/// Fields whose feature does not exist yet, and what they wait for.
pub const PLANNED_FIELDS: &[(&str, &str)] =
    &[("cost", "costs and tariffs"), ("score", "reviews"), ("card", "reviews"), ("reviewer", "reviews")];

/// Values of live fields whose feature does not exist yet: field, value, what it waits for.
pub const PLANNED_VALUES: &[(&str, &str, &str)] = &[
    ("is", "unrecorded", "rules of recording"),
    ("is", "reviewed", "reviews"),
    ("is", "unreviewed", "reviews"),
    ("is", "held", "holds"),
    ("is", "new", "receipts of what was heard"),
    ("is", "exported", "drives"),
    ("has", "hold", "holds"),
    ("has", "review", "reviews"),
    ("sort", "cost", "costs and tariffs"),
    ("sort", "score", "reviews"),
    ("sort", "review", "reviews"),
];

/// Words that people try, and the field that they mean. Only for suggestions.
const TRIED: &[(&str, &str)] = &[
    ("length", "len"),
    ("duration", "talk"),
    ("talk_s", "talk"),
    ("wait_s", "wait"),
    ("on_hold_s", "on-hold"),
    ("hold", "on-hold"),
    ("onhold", "on-hold"),
    ("number", "num"),
    ("phone", "num"),
    ("caller", "from"),
    ("src", "from"),
    ("called", "to"),
    ("callee", "to"),
    ("dst", "to"),
    ("reached", "to"),
    ("customer", "name"),
    ("extension", "ext"),
    ("extensions", "ext"),
    ("user", "agent"),
    ("department", "group"),
    ("direction", "dir"),
    ("outcome", "is"),
    ("status", "is"),
    ("state", "is"),
    ("since", "after"),
    ("until", "before"),
    ("start", "date"),
    ("weekday", "day"),
    ("hour", "time"),
    ("bytes", "size"),
    ("tags", "tag"),
    ("notes", "note"),
    ("text", "note"),
    ("projects", "project"),
    ("recorded_s", "len"),
    ("place", "on"),
    ("drive", "on"),
    ("order", "sort"),
    ("label", "tag"),
    ("ticket", "case"),
    ("heard", "heard-by"),
    ("listened-by", "heard-by"),
    ("downloaded", "downloaded-by"),
    ("collection", "in"),
];

/// The live field of this name.
pub fn find(name: &str) -> Option<&'static Field> {
    FIELDS.iter().find(|field| field.name == name)
}

/// What to say of a field that is not alive.
pub(super) fn unknown_field(name: &str) -> String {
    if let Some((_, feature)) = PLANNED_FIELDS.iter().find(|(planned, _)| *planned == name) {
        return format!("no field \"{name}:\" yet: it comes with {feature}");
    }
    let live = FIELDS.iter().map(|field| (field.name, field.name));
    let shown = crate::domain::clean::line(name, 40);
    match nearest(name, live.chain(TRIED.iter().copied())) {
        Some(meant) => format!("no field \"{shown}:\"; did you mean \"{meant}:\"?"),
        None => format!("no field \"{shown}:\"; to look for the text, put it in quotes"),
    }
}

/// What to say of a field that the audit log does not have.
pub(super) fn unknown_audit_field(name: &str) -> String {
    let live = AUDIT_FIELDS.iter().map(|field| (field.name, field.name));
    let shown = crate::domain::clean::line(name, 40);
    match nearest(name, live.chain(TRIED_AUDIT.iter().copied())) {
        Some(meant) => format!("no field \"{shown}:\" in the audit log; did you mean \"{meant}:\"?"),
        None => format!("no field \"{shown}:\" in the audit log; to look for the text, put it in quotes"),
    }
}

/// What to say of a value that a field with fixed words does not have.
pub(super) fn unknown_value(field: &str, text: &str, words: &[&'static str]) -> String {
    let folded = fold(text);
    let planned = || PLANNED_VALUES.iter().filter(|(of, ..)| *of == field);
    if let Some((_, word, feature)) = planned().find(|(_, word, _)| *word == folded) {
        return format!("no value \"{word}\" for \"{field}:\" yet: it comes with {feature}");
    }
    let later = planned().map(|(_, word, _)| (*word, *word));
    let text = crate::domain::clean::line(text, 40);
    match nearest(&folded, words.iter().map(|word| (*word, *word)).chain(later)) {
        Some(meant) if words.contains(&meant) => format!("no value \"{text}\" for \"{field}:\"; did you mean \"{meant}\"?"),
        Some(meant) => {
            let feature = planned().find(|(_, word, _)| *word == meant).map_or("a later version", |(.., feature)| feature);
            format!("no value \"{text}\" for \"{field}:\"; did you mean \"{meant}\"? (it comes with {feature})")
        }
        None => format!("no value \"{text}\" for \"{field}:\"; it takes {}", words.join(", ")),
    }
}

/// The candidate nearest to a mistyped word, if any is near: `(as typed, what it stands for)`.
pub(super) fn nearest<'a>(word: &str, candidates: impl Iterator<Item = (&'a str, &'a str)>) -> Option<&'a str> {
    let length = word.chars().count();
    let allowed = match length {
        0 | 41.. => return None,
        1..=3 => 1,
        4..=5 => 2,
        _ => 3,
    };
    candidates
        .map(|(typed, meant)| {
            let begins = length >= 2 && typed.starts_with(word);
            (if begins { 1 } else { strsim::damerau_levenshtein(word, typed) }, meant)
        })
        .filter(|(distance, _)| *distance <= allowed && *distance < length)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, meant)| meant)
}
