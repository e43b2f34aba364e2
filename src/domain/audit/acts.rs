//! The audit's words for acts, and the words that people say for them.

use crate::domain::{clean::fold, nearest::nearest};

/// An act that the log may hold, and how it is told to people: `anna listened …`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Act {
    /// As stored: a noun, a dot, a verb.
    pub did: &'static str,
    pub told: &'static str,
}

const fn act(did: &'static str, told: &'static str) -> Act {
    Act { did, told }
}

/// Everything that is written into the log.
pub const ACTS: &[Act] = &[
    act("audit.check", "checked"),
    act("audit.checkpoint", "signed"),
    act("audit.export", "exported"),
    act("audit.key", "new key"),
    act("audit.read", "read"),
    act("backup.make", "backed up"),
    act("backup.restore", "restored"),
    act("calls.change", "changed"),
    act("calls.export", "exported"),
    act("calls.read", "looked"),
    act("case.remove", "case off"),
    act("case.set", "case set"),
    act("clip.add", "cut"),
    act("clip.download", "downloaded"),
    act("clip.play", "listened"),
    act("clip.remove", "deleted"),
    act("collection.put", "collected"),
    act("collection.remove", "deleted"),
    act("collection.set", "changed"),
    act("collection.take", "took out"),
    act("company.set", "changed"),
    act("customer.add", "added"),
    act("customer.remove", "deleted"),
    act("customer.set", "changed"),
    act("demo.run", "filled"),
    act("extension.remove", "deleted"),
    act("extension.set", "changed"),
    act("flag.add", "flagged"),
    act("flag.remove", "flag off"),
    act("generate.run", "filled"),
    act("group.remove", "deleted"),
    act("group.set", "changed"),
    act("import.run", "imported"),
    act("job.begin", "began"),
    act("job.cancel", "cancelled"),
    act("note.add", "noted"),
    act("note.edit", "rewrote"),
    act("note.remove", "deleted"),
    act("number.read", "looked"),
    act("project.remove", "deleted"),
    act("project.set", "changed"),
    act("receipt.add", "heard"),
    act("recording.download", "downloaded"),
    act("recording.export", "exported"),
    act("recording.heard", "heard"),
    act("recording.peaks", "looked"),
    act("recording.play", "listened"),
    act("role.remove", "deleted"),
    act("role.set", "changed"),
    act("session.begin", "signed in"),
    act("session.end", "signed out"),
    act("share.add", "shared"),
    act("share.open", "opened"),
    act("share.play", "listened"),
    act("share.revoke", "revoked"),
    act("tag.add", "tagged"),
    act("tag.remove", "tag off"),
    act("token.add", "added"),
    act("token.revoke", "revoked"),
    act("user.add", "added"),
    act("user.password", "password"),
    act("user.remove", "deleted"),
    act("user.set", "changed"),
    act("view.remove", "deleted"),
    act("view.set", "saved"),
];

/// What `did:` asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Did {
    /// A stored word.
    Exactly(String),
    /// Any act of a noun: what stands before the dot.
    Noun(String),
    /// A verb of any noun: what stands behind the dot.
    Verb(String),
    /// Any of these.
    Any(&'static [&'static str]),
    /// Any verb of these.
    Verbs(&'static [&'static str]),
    /// How it ended: `refused`, `failed`, `done`.
    Outcome(&'static str),
}

/// Words of people for `did:`, and what each asks for. The first of several with the same meaning is offered.
pub const WORDS: &[(&str, Did)] = &[
    ("listened", Did::Any(&["recording.play", "clip.play", "share.play"])),
    ("heard", Did::Any(&["recording.heard"])),
    ("downloaded", Did::Verbs(&["download"])),
    ("exported", Did::Verbs(&["export"])),
    ("deleted", Did::Verbs(&["remove", "delete", "erase"])),
    ("removed", Did::Verbs(&["remove", "delete", "erase"])),
    ("changed", Did::Verbs(&["set", "edit", "change", "put", "take"])),
    ("added", Did::Verbs(&["add", "make"])),
    ("noted", Did::Any(&["note.add", "note.edit"])),
    ("tagged", Did::Any(&["tag.add"])),
    ("flagged", Did::Any(&["flag.add"])),
    ("shared", Did::Any(&["share.add"])),
    ("revoked", Did::Verbs(&["revoke"])),
    ("imported", Did::Verbs(&["import", "run"])),
    ("backed-up", Did::Any(&["backup.make"])),
    ("restored", Did::Any(&["backup.restore"])),
    ("sign-in", Did::Any(&["session.begin", "session.end"])),
    ("signed-in", Did::Any(&["session.begin"])),
    ("signed-out", Did::Any(&["session.end"])),
    ("denied", Did::Outcome("refused")),
    ("refused", Did::Outcome("refused")),
    ("failed", Did::Outcome("failed")),
    ("done", Did::Outcome("done")),
    ("rules", Did::Any(&["rules.set", "rules.apply", "rules.rollback"])),
];

fn noun(did: &str) -> &str {
    did.split_once('.').map_or(did, |(noun, _)| noun)
}

fn verb(did: &str) -> &str {
    did.split_once('.').map_or("", |(_, verb)| verb)
}

/// Whether the log may hold this word.
pub fn known_did(did: &str) -> bool {
    ACTS.iter().any(|act| act.did == did)
}

/// A stored word as people say it; what a newer version wrote stays as it is.
pub fn told(did: &str) -> &str {
    ACTS.iter().find(|act| act.did == did).map_or(did, |act| act.told)
}

impl Did {
    /// What a text asks for: a word of people, a stored word, its noun or its verb.
    ///
    /// # Errors
    /// A sentence with the nearest word.
    pub fn parse(text: &str) -> Result<Self, String> {
        let folded = fold(text);
        if let Some((_, did)) = WORDS.iter().find(|(word, _)| *word == folded) {
            return Ok(did.clone());
        }
        if known_did(&folded) {
            return Ok(Self::Exactly(folded));
        }
        if ACTS.iter().any(|act| noun(act.did) == folded) {
            return Ok(Self::Noun(folded));
        }
        if ACTS.iter().any(|act| verb(act.did) == folded) {
            return Ok(Self::Verb(folded));
        }
        let words = WORDS.iter().map(|(word, _)| *word);
        let stored = ACTS.iter().flat_map(|act| [act.did, noun(act.did), verb(act.did)]);
        let shown = crate::domain::clean::line(text, 40);
        Err(match nearest(&folded, words.chain(stored)) {
            Some(meant) => format!("no act \"{shown}\" for \"did:\"; did you mean \"{meant}\"?"),
            None => format!(
                "no act \"{shown}\" for \"did:\"; it takes words such as listened, downloaded, exported, deleted, denied, \
                 recording.play, recording or play"
            ),
        })
    }

    /// Whether an entry with this word and outcome is meant.
    pub fn is(&self, did: &str, outcome: &str) -> bool {
        match self {
            Self::Exactly(word) => did == word,
            Self::Noun(wanted) => noun(did) == wanted,
            Self::Verb(wanted) => verb(did) == wanted,
            Self::Any(words) => words.contains(&did),
            Self::Verbs(verbs) => verbs.contains(&verb(did)),
            Self::Outcome(wanted) => outcome == *wanted,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acts_are_in_order_and_have_a_noun_and_a_verb() {
        assert!(ACTS.windows(2).all(|pair| pair[0].did < pair[1].did));
        assert!(ACTS.iter().all(|act| !noun(act.did).is_empty() && !verb(act.did).is_empty()));
    }

    /// Acts of features that are not there yet, which others go by already.
    const AHEAD: &[&str] = &["recording.export"];

    /// Texts of the form `noun.verb` in what is built, but for tests and this list.
    fn written(folder: &std::path::Path, into: &mut std::collections::BTreeSet<String>) {
        let form = regex::Regex::new(r#""([a-z]+\.[a-z]+)""#).expect("form");
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("entry").path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if path.is_dir() {
                if name != "tests" {
                    written(&path, into);
                }
            } else if name.ends_with(".rs") && !matches!(name, "tests.rs" | "acts.rs") {
                let text = std::fs::read_to_string(&path).expect("text");
                let text = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
                into.extend(form.captures_iter(text).map(|found| found[1].to_owned()));
            }
        }
    }

    #[test]
    fn the_list_has_every_act_that_is_written_and_no_other() {
        let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let (mut all, mut acting) = (std::collections::BTreeSet::new(), std::collections::BTreeSet::new());
        for room in ["service", "store", "host", "face", "cli", "domain"] {
            written(&source.join(room), &mut all);
        }
        for room in ["service", "host"] {
            written(&source.join(room), &mut acting);
        }
        let is_file = |did: &str| matches!(verb(did), "db" | "json" | "lock" | "recordings" | "sock" | "tsv");
        let missing: Vec<_> = acting.iter().filter(|did| !known_did(did) && !is_file(did)).collect();
        assert_eq!(missing, Vec::<&String>::new(), "written into the log, and not in the list");
        let unused: Vec<_> = ACTS.iter().map(|act| act.did).filter(|did| !all.contains(*did) && !AHEAD.contains(did)).collect();
        assert_eq!(unused, Vec::<&str>::new(), "in the list, and nothing writes them");
    }

    #[test]
    fn every_way_to_say_an_act() {
        for (text, meant, not) in [
            ("Listened", "recording.play", "recording.download"),
            ("recording.play", "recording.play", "clip.play"),
            ("recording", "recording.download", "clip.download"),
            ("play", "share.play", "share.add"),
            ("deleted", "note.remove", "note.add"),
            ("sign-in", "session.end", "share.add"),
        ] {
            let did = Did::parse(text).expect("known");
            assert!(did.is(meant, "done") && !did.is(not, "done"), "{text}");
        }
        let denied = Did::parse("denied").expect("known");
        assert!(denied.is("recording.play", "refused") && !denied.is("recording.play", "done"));
        assert_eq!(Did::parse("lisened").expect_err("unknown"), "no act \"lisened\" for \"did:\"; did you mean \"listened\"?");
        assert!(Did::parse("xylophones").expect_err("unknown").contains("listened, downloaded"));
    }

    #[test]
    fn what_a_word_asks_for_exists() {
        for (word, did) in WORDS.iter().filter(|(word, _)| !matches!(*word, "rules")) {
            let found = matches!(did, Did::Outcome(_)) || ACTS.iter().any(|act| did.is(act.did, "done"));
            assert!(found, "{word}");
        }
    }
}
