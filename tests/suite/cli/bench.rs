//! A home with a database in it, and the program's answers.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use serde_json::Value;

use crate::common::home::Home;

/// What the program said.
pub struct Said {
    pub status: i32,
    pub out: String,
    pub words: String,
    line: String,
}

impl Said {
    /// It must have ended well.
    #[track_caller]
    pub fn done(self) -> Self {
        self.ended(0)
    }

    #[track_caller]
    pub fn ended(self, status: i32) -> Self {
        assert_eq!(self.status, status, "{}\n{}\n{}", self.line, self.out, self.words);
        self
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|why| panic!("{}: {why}\n{}", self.line, self.out))
    }

    #[track_caller]
    pub fn ndjson(&self) -> Vec<Value> {
        self.out
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|why| panic!("{}: {why}\n{line}", self.line)))
            .collect()
    }
}

/// A home with the samples of an Asterisk imported.
pub struct Bench {
    pub home: Home,
}

/// The samples: what an Asterisk left on disk.
pub fn spool() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/asterisk/spool")
}

impl Bench {
    /// Nothing but a home.
    pub fn empty() -> Self {
        Self { home: Home::new() }
    }

    pub fn imported() -> Self {
        let bench = Self::empty();
        let spool = spool();
        let path = |name: &str| spool.join(name).to_str().unwrap().to_owned();
        let (cdr, cel, queue, sound) = (path("calls.json"), path("events.json"), path("queue_log"), path("done"));
        let extension = "extension add 101 --label Anna --group sales --project sales --db a.db --agent";
        let mut words: Vec<&str> = extension.split(' ').collect();
        words.push("Anna Nowak");
        let said = bench.run(&words).done();
        assert_eq!(said.words, "made the new, empty database a.db\nmade the group sales\nmade the project sales\n");
        bench
            .run(&[
                "import",
                "asterisk",
                "--cdr",
                &cdr,
                "--cel",
                &cel,
                "--queue-log",
                &queue,
                "--recordings",
                &sound,
                "--db",
                "a.db",
            ])
            .done();
        bench
    }

    #[must_use = "say how it must end: done() or ended()"]
    pub fn run(&self, words: &[&str]) -> Said {
        let output = self.home.command(words).stdin(Stdio::null()).output().unwrap();
        Said {
            status: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            words: String::from_utf8(output.stderr).unwrap(),
            line: words.join(" "),
        }
    }

    /// Words parted by blanks, on the database.
    #[must_use = "say how it must end: done() or ended()"]
    pub fn say(&self, line: &str) -> Said {
        let words: Vec<&str> = line.split(' ').chain(["--db", "a.db"]).collect();
        self.run(&words)
    }
}
