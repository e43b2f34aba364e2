//! The column index where things go wrong: answers must be those of plain SQL, whatever lies beside the database.

mod changes;
mod files;
mod large;

use std::{fs, path::PathBuf, time::Duration};

use fastrand::Rng;
use jiff::SignedDuration;

use super::make::{batch, number, options};
use crate::{
    domain::{
        actor::Scope,
        call::{Direction, Outcome},
        fold::FoldedCall,
        length::Tenths,
        list::PageRequest,
        query::{
            ExtensionPattern, Filter, Has, Is, NumberFragment, NumberPattern, Predicate, Range, Side, Sort, SortField, Weekdays,
        },
    },
    store::{OpenOptions, Store},
};

/// A database and what answers about it: with a column index, and by SQL alone.
struct Desk {
    folder: tempfile::TempDir,
    store: Store,
    plain: Store,
}

impl Desk {
    /// With so many calls and no column index yet.
    async fn with(rng: &mut Rng, calls: usize) -> Self {
        let folder = tempfile::tempdir().expect("folder");
        let store = Store::open(options(&folder)).await.expect("open");
        let made = (0..calls).map(|index| some_call(rng, index)).collect();
        store.import(batch(made, vec![])).await.expect("import");
        let plain = Store::open(plain_options(&folder)).await.expect("open");
        Self { folder, store, plain }
    }

    fn database(&self) -> PathBuf {
        options(&self.folder).path
    }

    /// The file of the column index.
    fn file(&self) -> PathBuf {
        self.folder.path().join("a b%.columns")
    }

    /// Another program on the database.
    async fn open(&self, keeps_columns: bool) -> Store {
        Store::open(OpenOptions { create: None, keeps_columns, ..options(&self.folder) }).await.expect("open")
    }

    /// A program on it that knows nothing of ours.
    fn raw(&self) -> rusqlite::Connection {
        let conn = rusqlite::Connection::open(self.database()).expect("open");
        conn.busy_timeout(Duration::from_secs(20)).expect("timeout");
        conn
    }

    /// Every answer of a store must be as SQL has it.
    async fn compare(&self, store: &Store, told: &str) {
        assert!(!self.plain.has_columns().await.expect("columns"), "{told}: the other answers are by SQL");
        for (filter, scope) in questions() {
            let wanted = answers(&self.plain, &filter, &scope).await;
            assert_eq!(answers(store, &filter, &scope).await, wanted, "{told}: {filter:?} {scope:?}");
        }
    }
}

/// The same file by another name: what lies beside that name is not there.
fn plain_options(folder: &tempfile::TempDir) -> OpenOptions {
    let other = folder.path().join("plain");
    fs::create_dir_all(&other).expect("folder");
    let path = other.join("other.db");
    if !path.exists() {
        std::os::unix::fs::symlink(options(folder).path, &path).expect("link");
    }
    OpenOptions { path, create: None, ..options(folder) }
}

/// Waits until lists are answered by the column index.
async fn with_columns(store: &Store) {
    let ready = async {
        while !store.has_columns().await.expect("columns") {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), ready).await.expect("a column index within a minute");
}

/// A call of its own source id.
fn some_call(rng: &mut Rng, index: usize) -> FoldedCall {
    let id = format!("sys-17952{:05}.{index}", index / 3);
    let mut call = super::make::call(&[&id], "2026-11-01T00:00:00Z");
    let extension = format!("60{}", rng.u8(..8));
    call.start += SignedDuration::from_millis(rng.i64(0..8 * 86_400) * 1_000 + rng.i64(0..2));
    call.direction = *rng.choice(Direction::ALL).expect("some");
    call.outcome = if rng.bool() { Outcome::Answered } else { *rng.choice(Outcome::ALL).expect("some") };
    call.from = number(&format!("+48{}{}", rng.choice(["22", "501", "601"]).expect("some"), rng.u32(100..400)));
    (call.to, call.reached) = (number(&extension), None);
    (call.extension, call.extensions) = (Some(extension.clone()), vec![extension]);
    call.talk = rng.bool().then(|| Tenths(rng.i64(0..6_000)));
    call.caller_name = None;
    call
}

fn one(predicate: Predicate) -> Filter {
    Filter::Is(predicate)
}

fn digits(digits: &str) -> Filter {
    let fragment = NumberFragment { digits: digits.to_owned(), from_start: false, to_end: false };
    one(Predicate::Number(Side::Any, NumberPattern { fragments: vec![fragment] }))
}

/// Questions that no index of the database answers, of each kind of column.
fn questions() -> Vec<(Filter, Scope)> {
    let everyone = [
        Filter::All,
        one(Predicate::Weekday(Weekdays(0b10_0101))),
        one(Predicate::TimeOfDay { from: 8 * 60, to: 17 * 60 + 20 }),
        digits("11"),
        Filter::Or(vec![digits("4850123"), one(Predicate::Is(Is::Flagged)), one(Predicate::Has(Has::Note))]),
        Filter::And(vec![
            one(Predicate::Talk(Range { from: Some(600), to: Some(3_000) })),
            Filter::Not(Box::new(one(Predicate::Direction(Direction::Internal)))),
        ]),
        one(Predicate::Extension(ExtensionPattern::Prefix("60".to_owned()))),
    ];
    let everyone = everyone.into_iter().map(|filter| (filter, Scope::Company));
    everyone.chain([(Filter::All, Scope::Projects(vec!["beta".to_owned()]))]).collect()
}

/// Count, sums, groups and pages, as text.
async fn answers(store: &Store, filter: &Filter, scope: &Scope) -> Vec<String> {
    let mut answers = vec![
        format!("{:?}", store.count(scope.clone(), filter.clone(), None).await.expect("count")),
        format!("{:?}", store.totals(scope.clone(), filter.clone()).await.expect("totals")),
    ];
    let fields = ["direction", "outcome", "extension", "from", "tags", "projects"].map(str::to_owned).to_vec();
    answers.push(format!("{:?}", store.facets(scope.clone(), filter.clone(), fields.clone()).await.expect("facets")));
    answers.push(format!("{:?}", store.summary(scope.clone(), filter.clone(), fields).await.expect("summary")));
    for field in ["direction", "extensions", "hour", "length", "day", "tags", "customer"] {
        let shares = store.breakdown(scope.clone(), filter.clone(), field.to_owned()).await.expect("breakdown");
        answers.push(format!("{field} {shares:?}"));
    }
    let sorts = [(SortField::Start, true), (SortField::Talk, true), (SortField::From, false), (SortField::End, true)];
    for (field, descending) in sorts {
        let sort = Sort { field, descending };
        let request = PageRequest { filter: filter.clone(), sort, limit: 60, after: None, backwards: false };
        let page = store.page(scope.clone(), request).await.expect("page");
        let calls: Vec<&str> = page.items.iter().map(|call| call.id.0.as_str()).collect();
        answers.push(format!("{field:?} {calls:?} {:?}", page.next));
    }
    answers
}
