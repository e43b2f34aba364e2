//! The file of the column index and the real program: killed while it writes, without room on the disk, with little memory.
//! Every answer is compared with that of plain SQL: by another name of the database, beside which there is no such file.

mod killed;
mod limits;

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Stdio,
};

use callreel::{
    domain::{
        actor::Scope,
        list::PageRequest,
        query::{Filter, Has, Is, NumberFragment, NumberPattern, Predicate, Range, Side, Sort, SortField},
    },
    store::{OpenOptions, Store},
};

use crate::common::home::Home;

/// A home with generated calls in `a.db`, and the same database by another name.
struct Bench {
    home: Home,
    plain: PathBuf,
}

impl Bench {
    fn with(calls: u32) -> Self {
        let home = Home::new();
        let plain = home.join("plain");
        fs::create_dir(&plain).unwrap();
        symlink(home.join("a.db"), plain.join("other.db")).unwrap();
        let bench = Self { home, plain: plain.join("other.db") };
        bench.done(&["generate", "--calls", &calls.to_string(), "--db", "a.db"]);
        assert!(bench.file().exists(), "generate ends with a complete index");
        bench
    }

    fn database(&self) -> PathBuf {
        self.home.join("a.db")
    }

    fn file(&self) -> PathBuf {
        self.home.join("a.columns")
    }

    fn half(&self) -> PathBuf {
        self.home.join("a.columns.new")
    }

    #[track_caller]
    fn done(&self, words: &[&str]) -> String {
        let output = self.home.command(words).stdin(Stdio::null()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{words:?}: {}\n{said}", output.status);
        String::from_utf8(output.stdout).unwrap()
    }

    /// So many calls are as before, but told to the column index as changed.
    fn touch(&self, calls: u32) {
        let conn = rusqlite::Connection::open(self.database()).unwrap();
        let touched = conn
            .execute(
                "UPDATE call SET talk_ds=ifnull(talk_ds,0)+1 WHERE id IN (SELECT id FROM call ORDER BY random() LIMIT ?1)",
                [calls],
            )
            .unwrap();
        assert_eq!(touched, calls as usize);
    }

    /// What lists say, by the column index if there is one of use, must be what SQL says. Tells whether there is.
    #[track_caller]
    fn compare(&self, told: &str) -> bool {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let (ours, plain) = (open(&self.database()).await, open(&self.plain).await);
            assert!(!plain.has_columns().await.unwrap());
            for filter in filters() {
                assert_eq!(answers(&ours, &filter).await, answers(&plain, &filter).await, "{told}: {filter:?}");
            }
            let has = ours.has_columns().await.unwrap();
            ours.close().await.unwrap();
            plain.close().await.unwrap();
            has
        })
    }
}

async fn open(path: &Path) -> Store {
    let options =
        OpenOptions { path: path.to_owned(), create: None, read_only: false, readers: 2, bulk: false, keeps_columns: false };
    Store::open(options).await.unwrap()
}

fn filters() -> Vec<Filter> {
    let digits = NumberFragment { digits: "12".to_owned(), from_start: false, to_end: false };
    vec![
        Filter::All,
        Filter::Is(Predicate::Number(Side::Any, NumberPattern { fragments: vec![digits] })),
        Filter::And(vec![
            Filter::Is(Predicate::Has(Has::Recording)),
            Filter::Not(Box::new(Filter::Is(Predicate::Is(Is::Flagged)))),
            Filter::Is(Predicate::Talk(Range { from: Some(100), to: Some(9_000) })),
        ]),
    ]
}

async fn answers(store: &Store, filter: &Filter) -> Vec<String> {
    let mut answers = vec![
        format!("{:?}", store.count(Scope::Company, filter.clone(), None).await.unwrap()),
        format!("{:?}", store.totals(Scope::Company, filter.clone()).await.unwrap()),
    ];
    let fields = ["direction", "outcome", "extension", "queue"].map(str::to_owned).to_vec();
    answers.push(format!("{:?}", store.facets(Scope::Company, filter.clone(), fields).await.unwrap()));
    for field in [SortField::Start, SortField::Talk] {
        let sort = Sort { field, descending: true };
        let request = PageRequest { filter: filter.clone(), sort, limit: 50, after: None, backwards: false };
        let page = store.page(Scope::Company, request).await.unwrap();
        let ids: Vec<&str> = page.items.iter().map(|call| call.id.0.as_str()).collect();
        answers.push(format!("{field:?} {ids:?}"));
    }
    answers
}
