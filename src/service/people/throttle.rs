//! Wrong credentials are slowed down: per account and address at once, per address over all accounts, and per account over all
//! addresses. Nobody is locked out for good, and the right password from another address is not kept waiting by somebody who
//! guesses from one. All maps are bounded.

use std::{collections::HashMap, hash::Hash};

use jiff::{SignedDuration, Timestamp};

use crate::domain::audit::AuditRecord;

/// Wrong ones in a row that cost nothing: people mistype.
const FREE_OF_ACCOUNT: u32 = 5;
const FREE_OF_ADDRESS: u32 = 10;
/// Waits between tries double from the first to the last.
const FIRST_S: i64 = 1;
const LAST_S: i64 = 300;
/// After so long without a wrong one it is forgotten.
const FORGOTTEN: SignedDuration = SignedDuration::from_mins(30);
/// Wrong ones over all addresses that an account takes at once, and the time in which it takes one more.
const BUCKET: f64 = 20.0;
const DRIP_S: f64 = 3.0;
/// Entries of each map.
const REMEMBERED: usize = 4_096;
/// Refused tries of one kind are written into the audit log once in this time, with their number; as are the sign-ins of one
/// login that follow each other.
const SAID: SignedDuration = SignedDuration::from_mins(5);

/// Who tries, and from where.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Attempt {
    pub account: String,
    pub address: String,
}

#[derive(Clone, Copy, Debug, Default)]
struct Tries {
    wrong: u32,
    until: Option<Timestamp>,
    last: Timestamp,
    /// A right one came from there.
    good: bool,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    level: f64,
    last: Timestamp,
}

/// Refused tries that are alike: when one of them was written down, its row, and how many since are in no row.
#[derive(Debug)]
struct Said {
    at: Timestamp,
    row: AuditRecord,
    unsaid: u32,
}

/// Refused tries that are in no row yet.
#[derive(Debug)]
pub(super) struct Refused {
    pub key: String,
    /// That of one like them.
    pub row: AuditRecord,
    pub count: u32,
}

#[derive(Default)]
pub(super) struct Throttle {
    of_both: HashMap<Attempt, Tries>,
    of_address: HashMap<String, Tries>,
    of_account: HashMap<String, Bucket>,
    said: HashMap<String, Said>,
    /// Sign-ins that were written down.
    begun: HashMap<String, Timestamp>,
}

impl Throttle {
    /// Seconds to wait before this attempt may be looked at; none: at once.
    pub(super) fn wait(&self, attempt: &Attempt, now: Timestamp) -> Option<u32> {
        let both = self.of_both.get(attempt);
        let until = [both, self.of_address.get(&attempt.address)]
            .into_iter()
            .flatten()
            .filter(|tries| !tries.forgotten(now))
            .filter_map(|tries| tries.until)
            .max();
        if let Some(until) = until.filter(|until| *until > now) {
            let left = until.duration_since(now).as_millis().unsigned_abs().div_ceil(1_000);
            return Some(u32::try_from(left).unwrap_or(u32::MAX).max(1));
        }
        let known = both.is_some_and(|tries| tries.good);
        let full = self.of_account.get(&attempt.account).is_some_and(|bucket| bucket.level_at(now) < 1.0);
        (full && !known).then_some(DRIP_S as u32)
    }

    pub(super) fn wrong(&mut self, attempt: &Attempt, now: Timestamp) {
        trim(&mut self.of_both, |tries| (tries.good, tries.last));
        trim(&mut self.of_address, |tries| (tries.good, tries.last));
        trim(&mut self.of_account, |bucket| (false, bucket.last));
        self.of_both.entry(attempt.clone()).or_default().add(FREE_OF_ACCOUNT, now);
        self.of_address.entry(attempt.address.clone()).or_default().add(FREE_OF_ADDRESS, now);
        let bucket = self.of_account.entry(attempt.account.clone()).or_insert(Bucket { level: BUCKET, last: now });
        *bucket = Bucket { level: (bucket.level_at(now) - 1.0).max(0.0), last: now };
    }

    /// The address keeps its count: somebody with an account of their own could else guess at others for ever.
    pub(super) fn right(&mut self, attempt: &Attempt, now: Timestamp) {
        trim(&mut self.of_both, |tries| (tries.good, tries.last));
        self.of_both.insert(attempt.clone(), Tries { last: now, good: true, ..Tries::default() });
    }

    /// Whether a refused try is to be written down now, and if so how many before it were not. `row`: as it is written.
    pub(super) fn say(&mut self, key: &str, row: &AuditRecord, now: Timestamp) -> Option<u32> {
        let mut before = 0;
        if let Some(said) = self.said.get_mut(key) {
            if now.duration_since(said.at) < SAID {
                said.unsaid = said.unsaid.saturating_add(1);
                return None;
            }
            before = said.unsaid;
        } else if self.said.len() >= REMEMBERED {
            // What is in no row yet is not forgotten. Where there is too much of it, each further try is a row.
            self.said.retain(|_, said| said.unsaid > 0);
            if self.said.len() >= REMEMBERED {
                return Some(0);
            }
        }
        self.said.insert(key.to_owned(), Said { at: now, row: row.clone(), unsaid: 0 });
        Some(before)
    }

    /// The refused tries that were not written down, which from now on count as such.
    pub(super) fn unsaid(&mut self, key: &str) -> Option<Refused> {
        let said = self.said.get_mut(key).filter(|said| said.unsaid > 0)?;
        let count = std::mem::take(&mut said.unsaid);
        Some(Refused { key: key.to_owned(), row: said.row.clone(), count })
    }

    /// They could not be written down.
    pub(super) fn put_back(&mut self, refused: Refused, now: Timestamp) {
        let Refused { key, row, count } = refused;
        let said = self.said.entry(key).or_insert(Said { at: now, row, unsaid: 0 });
        said.unsaid = said.unsaid.saturating_add(count);
    }

    /// Refused tries that were not written down and that nobody repeated in time, or all; from now on they count as written.
    pub(super) fn overdue(&mut self, now: Timestamp, all: bool) -> Vec<Refused> {
        let mut overdue = Vec::new();
        self.said.retain(|key, said| {
            let over = all || now.duration_since(said.at) >= SAID;
            if over && said.unsaid > 0 {
                overdue.push(Refused { key: key.clone(), row: said.row.clone(), count: said.unsaid });
            }
            !over
        });
        overdue
    }

    /// Whether a sign-in is to be written down: the first of those that follow each other.
    pub(super) fn begins(&mut self, key: &str, now: Timestamp) -> bool {
        trim(&mut self.begun, |at| (false, *at));
        let begins = self.begun.get(key).is_none_or(|at| now.duration_since(*at) >= SAID);
        if begins {
            self.begun.insert(key.to_owned(), now);
        }
        begins
    }
}

impl Refused {
    /// The row that tells of them.
    pub(super) fn sum(&self) -> AuditRecord {
        let why = self.row.detail.as_deref().unwrap_or_default();
        AuditRecord { detail: Some(format!("{} more refused attempts: {why}", self.count)), ..self.row.clone() }
    }
}

impl Tries {
    fn forgotten(&self, now: Timestamp) -> bool {
        now.duration_since(self.last) > FORGOTTEN
    }

    fn add(&mut self, free: u32, now: Timestamp) {
        if self.forgotten(now) {
            (self.wrong, self.until) = (0, None);
        }
        self.wrong = self.wrong.saturating_add(1);
        self.last = now;
        if let Some(over) = self.wrong.checked_sub(free) {
            let seconds = FIRST_S.checked_shl(over.min(20)).unwrap_or(LAST_S).min(LAST_S);
            self.until = Some(now + SignedDuration::from_secs(seconds));
        }
    }
}

impl Bucket {
    fn level_at(&self, now: Timestamp) -> f64 {
        (self.level + now.duration_since(self.last).as_secs_f64().max(0.0) / DRIP_S).min(BUCKET)
    }
}

/// Makes room: a quarter goes, what is least worth first.
fn trim<K: Hash + Eq + Clone, V>(map: &mut HashMap<K, V>, worth: impl Fn(&V) -> (bool, Timestamp)) {
    if map.len() < REMEMBERED {
        return;
    }
    let mut all: Vec<((bool, Timestamp), K)> = map.iter().map(|(key, value)| (worth(value), key.clone())).collect();
    all.sort_unstable_by_key(|(worth, _)| *worth);
    for (_, key) in all.into_iter().take(REMEMBERED / 4) {
        map.remove(&key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::actor::Origin;

    fn attempt(account: &str, address: &str) -> Attempt {
        Attempt { account: account.to_owned(), address: address.to_owned() }
    }

    fn row(who: &str) -> AuditRecord {
        let origin = Origin { via: "http".to_owned(), address: Some("10.0.0.1".to_owned()), ..Origin::default() };
        let (who, detail) = (who.to_owned(), Some("wrong".to_owned()));
        let (did, outcome) = ("session.begin", "refused");
        AuditRecord { who, origin, did, object: None, project: None, outcome, detail, foreign: None }
    }

    /// How many of so many tries, so far apart, are looked at.
    fn looked_at(throttle: &mut Throttle, attempts: impl Iterator<Item = Attempt>, apart: SignedDuration) -> usize {
        let mut now = Timestamp::UNIX_EPOCH;
        let mut looked_at = 0;
        for attempt in attempts {
            if throttle.wait(&attempt, now).is_none() {
                looked_at += 1;
                throttle.wrong(&attempt, now);
            }
            now += apart;
        }
        looked_at
    }

    #[test]
    fn a_thousand_wrong_ones_in_a_minute_are_few_looks() {
        let apart = SignedDuration::from_millis(60);
        let same = (0..1_000).map(|_| attempt("anna", "10.0.0.1"));
        assert!(looked_at(&mut Throttle::default(), same, apart) <= 20);
        let many_accounts = (0..1_000).map(|number| attempt(&format!("user{number}"), "10.0.0.1"));
        assert!(looked_at(&mut Throttle::default(), many_accounts, apart) <= 20);
        let many_addresses = (0..1_000).map(|number| attempt("anna", &format!("10.0.{}.{}", number / 250, number % 250)));
        assert!(looked_at(&mut Throttle::default(), many_addresses, apart) <= 41, "the bucket and what drips in a minute");
    }

    #[test]
    fn others_do_not_wait_for_one_who_guesses() {
        let mut throttle = Throttle::default();
        let (guesser, other) = (attempt("anna", "10.0.0.1"), attempt("anna", "10.0.0.2"));
        looked_at(&mut throttle, (0..1_000).map(|_| guesser.clone()), SignedDuration::from_millis(1));
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1);
        assert!(throttle.wait(&guesser, now).is_some());
        assert_eq!(throttle.wait(&other, now), None);
        assert_eq!(throttle.wait(&attempt("bob", "10.0.0.2"), now), None);
    }

    #[test]
    fn waits_double_to_five_minutes_and_are_forgotten() {
        let mut throttle = Throttle::default();
        let anna = attempt("anna", "10.0.0.1");
        let mut now = Timestamp::UNIX_EPOCH;
        let mut waits = Vec::new();
        for _ in 0..16 {
            throttle.wrong(&anna, now);
            let wait = throttle.wait(&anna, now).unwrap_or(0);
            waits.push(wait);
            now += SignedDuration::from_secs(i64::from(wait));
        }
        assert_eq!(waits, [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
        assert_eq!(throttle.wait(&anna, now), None, "after the wait it is looked at");
        now += SignedDuration::from_mins(31);
        throttle.wrong(&anna, now);
        assert_eq!(throttle.wait(&anna, now), None, "what was long ago is forgotten");
    }

    #[test]
    fn an_address_known_to_be_good_is_not_held_up_by_others() {
        let mut throttle = Throttle::default();
        let (home, now) = (attempt("anna", "10.9.9.9"), Timestamp::UNIX_EPOCH);
        throttle.right(&home, now);
        let many = (0..100).map(|number| attempt("anna", &format!("10.0.0.{number}")));
        looked_at(&mut throttle, many, SignedDuration::ZERO);
        assert!(throttle.wait(&attempt("anna", "10.8.8.8"), now).is_some());
        assert_eq!(throttle.wait(&home, now), None);
    }

    #[test]
    fn maps_stay_small() {
        let mut throttle = Throttle::default();
        for number in 0..20_000_u32 {
            let attempt = attempt(&format!("user{number}"), &format!("address{number}"));
            throttle.wrong(&attempt, Timestamp::UNIX_EPOCH);
            throttle.say(&attempt.account, &row("unknown"), Timestamp::UNIX_EPOCH);
            throttle.begins(&attempt.account, Timestamp::UNIX_EPOCH);
        }
        let Throttle { of_both, of_address, of_account, said, begun } = &throttle;
        let sizes = [of_both.len(), of_address.len(), of_account.len(), said.len(), begun.len()];
        assert!(sizes.iter().all(|size| *size <= REMEMBERED), "{sizes:?}");
    }

    #[test]
    fn no_refusal_is_forgotten_where_there_are_many() {
        let (mut throttle, begin) = (Throttle::default(), Timestamp::UNIX_EPOCH);
        let mut written = 0;
        for number in 0..REMEMBERED + 100 {
            for _ in 0..2 {
                written += usize::from(throttle.say(&format!("key{number}"), &row("unknown"), begin).is_some());
            }
        }
        assert_eq!(throttle.said.len(), REMEMBERED);
        let summed: usize = throttle.overdue(begin, true).iter().map(|refused| refused.count as usize).sum();
        assert_eq!(written + summed, 2 * (REMEMBERED + 100));
    }

    #[test]
    fn refusals_are_said_with_their_number() {
        let mut throttle = Throttle::default();
        let (begin, anna) = (Timestamp::UNIX_EPOCH, row("anna"));
        assert_eq!(throttle.say("a", &anna, begin), Some(0));
        assert_eq!((0..7).filter_map(|_| throttle.say("a", &anna, begin)).count(), 0);
        assert!(throttle.overdue(begin, false).is_empty());
        assert_eq!(throttle.say("a", &anna, begin + SAID), Some(7));
        throttle.say("a", &anna, begin + SAID);
        let mut overdue = throttle.overdue(begin + SAID + SAID, false);
        let refused = overdue.pop().expect("one");
        assert_eq!((refused.count, overdue.len(), throttle.said.len()), (1, 0, 0));
        let sum = refused.sum();
        assert_eq!(sum.detail.as_deref(), Some("1 more refused attempts: wrong"));
        assert_eq!(AuditRecord { detail: anna.detail.clone(), ..sum }, anna, "who and from where");
        throttle.put_back(refused, begin + SAID + SAID);
        throttle.say("a", &anna, begin + SAID + SAID);
        assert_eq!(throttle.unsaid("a").map(|refused| refused.count), Some(2), "what could not be written is still counted");
        assert!(throttle.unsaid("a").is_none() && throttle.overdue(begin, true).is_empty());
    }

    #[test]
    fn sign_ins_are_no_refusals() {
        let mut throttle = Throttle::default();
        let begin = Timestamp::UNIX_EPOCH;
        assert!(throttle.begins("anna", begin));
        assert!(!throttle.begins("anna", begin));
        assert_eq!(throttle.say("anna", &row("anna"), begin), Some(0), "a refusal is a row beside them");
        assert!(throttle.begins("anna", begin + SAID));
        assert!(throttle.overdue(begin + SAID, true).is_empty());
    }
}
