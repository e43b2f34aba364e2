//! Changes that are on their way, and those that wait: for a line that is away, for a person's word after they were refused,
//! or since an earlier start of the console.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    effect::{Effect, Write},
    tasks::Role,
};

/// Where a change stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stand {
    Sent,
    /// For the line.
    Waits,
    /// The server does not want it, for this reason.
    Refused(String),
    /// Of an earlier start; the person has not said yet whether it shall be sent.
    Offered,
}

/// One change.
#[derive(Clone, Debug)]
pub struct Change {
    pub write: Write,
    pub role: Role,
    /// The same however often it is sent: what was done is not done again.
    pub key: String,
    pub made: Timestamp,
    pub stand: Stand,
    /// It was sent before.
    pub again: bool,
    waited: bool,
}

impl Change {
    /// It waited for the line, or since an earlier start.
    pub const fn key_was_kept(&self) -> bool {
        self.waited
    }
}

/// A change in the file of those that are kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    pub place: String,
    pub person: String,
    pub made: Timestamp,
    pub key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    pub write: Write,
}

/// What is to become of that file: these are in it, those are not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Keeping {
    pub keep: Vec<Kept>,
    /// Keys.
    pub gone: Vec<String>,
}

/// Every change without an answer, in the order in which they were made.
#[derive(Clone, Debug, Default)]
pub struct Unsent {
    changes: BTreeMap<u64, Change>,
    last: u64,
    /// What stands in the file.
    kept: Vec<Kept>,
}

impl Unsent {
    /// A change is made; gives its number.
    pub fn add(&mut self, write: Write, role: Role, session: &str, made: Timestamp) -> u64 {
        self.last += 1;
        let key = format!("{session}-{}", self.last);
        self.changes.insert(self.last, Change { write, role, key, made, stand: Stand::Sent, again: false, waited: false });
        self.last
    }

    /// Takes in what an earlier start left; gives how many that are.
    pub fn offer(&mut self, kept: Vec<Kept>) -> usize {
        let known: Vec<&str> = self.changes.values().map(|change| change.key.as_str()).collect();
        let fresh: Vec<Kept> = kept.into_iter().filter(|kept| !known.contains(&kept.key.as_str())).collect();
        let count = fresh.len();
        for kept in fresh {
            self.last += 1;
            let stand = kept.refused.clone().map_or(Stand::Offered, Stand::Refused);
            let Kept { made, key, write, .. } = kept.clone();
            self.kept.push(kept);
            self.changes.insert(self.last, Change { write, role: Role::Act, key, made, stand, again: true, waited: true });
        }
        count
    }

    /// The program goes to another place: what waits stays in the file.
    pub fn leave(&mut self) {
        self.changes.clear();
        self.kept.clear();
    }

    pub fn get(&self, number: u64) -> Option<&Change> {
        self.changes.get(&number)
    }

    pub fn stand(&mut self, number: u64, stand: Stand) {
        if let Some(change) = self.changes.get_mut(&number) {
            change.waited |= stand != Stand::Sent;
            change.stand = stand;
        }
    }

    /// A change goes on its way: what is to be done for it.
    pub fn sent(&mut self, number: u64) -> Option<Effect> {
        let change = self.changes.get_mut(&number)?;
        change.stand = Stand::Sent;
        let again = std::mem::replace(&mut change.again, true);
        Some(Effect::Write { number, write: change.write.clone(), key: change.key.clone(), again })
    }

    /// It is answered, or thrown away.
    pub fn remove(&mut self, number: u64) -> Option<Change> {
        self.changes.remove(&number)
    }

    pub fn on_their_way(&self) -> impl Iterator<Item = &Change> {
        self.changes.values().filter(|change| change.stand == Stand::Sent)
    }

    /// What waits for the line, the oldest first.
    pub fn waiting(&self) -> impl Iterator<Item = u64> {
        self.changes.iter().filter(|(_, change)| change.stand == Stand::Waits).map(|(number, _)| *number)
    }

    /// What a person should know of: everything but what is just on its way.
    pub fn listed(&self) -> impl DoubleEndedIterator<Item = (u64, &Change)> {
        self.changes.iter().filter(|(_, change)| change.stand != Stand::Sent).map(|(number, change)| (*number, change))
    }

    /// What is not answered yet of a call, and was not refused.
    pub fn of(&self, call: &str) -> impl Iterator<Item = &Change> {
        let alive = |change: &&Change| matches!(change.stand, Stand::Sent | Stand::Waits);
        self.changes.values().filter(alive).filter(move |change| change.write.call() == Some(call))
    }

    /// What has to be done so that the file says what the model does; none if it does already. `all`: the program ends, and
    /// what is on its way may never be answered.
    pub fn keeping(&mut self, place: &str, person: &str, all: bool) -> Option<Keeping> {
        let wanted = |change: &&Change| {
            change.write.keeps() && (all || change.stand != Stand::Sent || change.again && self.was_kept(change))
        };
        let kept = |change: &Change| Kept {
            place: place.to_owned(),
            person: person.to_owned(),
            made: change.made,
            key: change.key.clone(),
            refused: match &change.stand {
                Stand::Refused(why) => Some(why.clone()),
                _ => None,
            },
            write: change.write.clone(),
        };
        let keep: Vec<Kept> = self.changes.values().filter(wanted).map(kept).collect();
        if keep == self.kept {
            return None;
        }
        let stays = |before: &&Kept| keep.iter().all(|kept| kept.key != before.key);
        let gone = self.kept.iter().filter(stays).map(|kept| kept.key.clone()).collect();
        self.kept.clone_from(&keep);
        Some(Keeping { keep, gone })
    }

    /// It waited: it stays in the file until it is answered.
    fn was_kept(&self, change: &Change) -> bool {
        self.kept.iter().any(|kept| kept.key == change.key)
    }
}
