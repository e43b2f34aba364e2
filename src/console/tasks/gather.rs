//! What many calls were before a change, kept so that taking it back is exact and small.

use std::collections::BTreeMap;

use super::Ids;
use crate::wire::{Changed, Changes, NoteDraft, NoteVersion};

/// The same thing to be done to some calls.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Part {
    /// What is to be done; without calls.
    pub changes: Changes,
    pub calls: Ids,
    /// Notes that go, one of each call, and what they say.
    pub notes: Vec<NoteVersion>,
    pub draft: Option<NoteDraft>,
}

/// Calls that need the same to be as they were.
type Need = (Option<bool>, Vec<String>, Vec<String>, Option<Option<String>>, bool, bool);

/// What a change has done so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gathered {
    pub changed: u64,
    /// Calls that were not there any more.
    pub gone: u64,
    /// Notes that somebody changed meanwhile, and that stay.
    pub kept: u64,
    parts: BTreeMap<Need, Part>,
}

impl Gathered {
    /// Takes what one request changed; `draft` is what removed notes said.
    pub fn add(&mut self, did: &Changes, draft: Option<&NoteDraft>, changed: &Changed) {
        self.changed += changed.changed.len() as u64;
        self.gone += changed.gone.len() as u64;
        self.kept += changed.notes_kept.len() as u64;
        for call in &changed.changed {
            let back = Changes {
                flagged: did.flagged.filter(|_| call.flag_turned).map(|flagged| !flagged),
                add_tags: call.tags_removed.clone(),
                remove_tags: call.tags_added.clone(),
                case: call.case_before.as_ref().map(|former| former.value.clone()),
                note: draft.filter(|_| !call.notes_removed.is_empty()).cloned(),
                ..Changes::default()
            };
            let need = (
                back.flagged,
                back.add_tags.clone(),
                back.remove_tags.clone(),
                back.case.clone(),
                back.note.is_some(),
                call.note.is_some(),
            );
            let part = self.parts.entry(need).or_insert_with(|| Part { changes: back, ..Part::default() });
            part.calls.push(&call.id);
            if let Some(note) = &call.note {
                part.notes.push(note.clone());
                part.draft.clone_from(&did.note);
            }
        }
    }

    /// What takes it back.
    pub fn take_parts(&mut self) -> Vec<Part> {
        std::mem::take(&mut self.parts).into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{ChangedCall, Former};

    #[test]
    fn calls_that_need_the_same_are_one_part() {
        let did = Changes { case: Some(Some("C-9".to_owned())), ..Changes::default() };
        let call = |id: &str, was: Option<&str>| ChangedCall {
            id: id.to_owned(),
            case_before: Some(Former { value: was.map(ToOwned::to_owned) }),
            ..ChangedCall::default()
        };
        let mut gathered = Gathered::default();
        let changed = vec![call("a", None), call("b", Some("C-1")), call("c", None)];
        gathered.add(&did, None, &Changed { changed, gone: vec!["d".to_owned()], ..Changed::default() });
        assert_eq!((gathered.changed, gathered.gone), (3, 1));
        let parts = gathered.take_parts();
        let told: Vec<_> = parts.iter().map(|part| (part.changes.case.clone(), part.calls.iter().collect::<Vec<_>>())).collect();
        assert_eq!(told, [(Some(None), vec!["a", "c"]), (Some(Some("C-1".to_owned())), vec!["b"])]);
    }

    #[test]
    fn notes_go_and_come_back() {
        let draft = NoteDraft { text: "called back".to_owned(), at: None };
        let did = Changes { note: Some(draft.clone()), ..Changes::default() };
        let made = NoteVersion { note: "N".to_owned(), version: 1 };
        let call = ChangedCall { id: "a".to_owned(), note: Some(made.clone()), ..ChangedCall::default() };
        let mut gathered = Gathered::default();
        gathered.add(&did, None, &Changed { changed: vec![call], ..Changed::default() });
        let [part] = gathered.take_parts().try_into().expect("one part");
        assert_eq!((part.notes.as_slice(), part.draft.as_ref()), ([made].as_slice(), Some(&draft)));
        let call = ChangedCall { id: "a".to_owned(), notes_removed: vec!["N".to_owned()], ..ChangedCall::default() };
        let mut gathered = Gathered::default();
        gathered.add(&part.changes, part.draft.as_ref(), &Changed { changed: vec![call], ..Changed::default() });
        let [again] = gathered.take_parts().try_into().expect("one part");
        assert_eq!(again.changes.note, Some(draft));
    }
}
