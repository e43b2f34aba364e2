//! DuckDB, through the Python that has its package; one process answers all questions, so that no start is measured.

use std::{
    cell::RefCell,
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use anyhow::{Context, bail};

use super::{programs, texts};
use crate::world::World;

const SCRIPT: &str = include_str!("duckdb.py");

struct Duck {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

thread_local! {
    static STARTED: RefCell<Option<Result<Duck, String>>> = const { RefCell::new(None) };
}

/// Median milliseconds of processor time of a statement.
pub fn ask(world: &World, sql: &str) -> anyhow::Result<f64> {
    STARTED.with_borrow_mut(|started| {
        let duck = started.get_or_insert_with(|| start(world).map_err(|why| format!("{why:#}")));
        match duck {
            Ok(duck) => duck.ask(sql),
            Err(why) => bail!("{why}"),
        }
    })
}

impl Duck {
    fn ask(&mut self, sql: &str) -> anyhow::Result<f64> {
        writeln!(self.questions, "{}", sql.replace('\n', " "))?;
        self.questions.flush()?;
        self.answer()
    }

    fn answer(&mut self) -> anyhow::Result<f64> {
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        match line.trim().split_once(' ') {
            Some(("ms", value)) => Ok(value.parse()?),
            Some((_, why)) => bail!("{why}"),
            None => bail!("ended without a word"),
        }
    }
}

impl Drop for Duck {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn start(world: &World) -> anyhow::Result<Duck> {
    let python = programs::find(&world.options, "python3")?;
    programs::run(Command::new(&python).args(["-c", "import duckdb"]))
        .map_err(|_missing| anyhow::anyhow!("not installed; pip install duckdb in the python3 that --path names first"))?;
    let database = world.folder().join(format!("calls-{}.duckdb", world.calls));
    let columns: Vec<String> = texts::COLUMNS.iter().map(|(name, kind)| format!("'{name}': '{kind}'")).collect();
    let csv = if database.exists() { String::new() } else { texts::csv(world)?.display().to_string() };
    let mut child = Command::new(&python)
        .args(["-c", SCRIPT])
        .arg(&database)
        .arg(&csv)
        .arg(format!("{{{}}}", columns.join(", ")))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let questions = child.stdin.take().context("a pipe")?;
    let answers = BufReader::new(child.stdout.take().context("a pipe")?);
    let mut duck = Duck { child, questions, answers };
    let loaded = duck.answer()?;
    if !csv.is_empty() {
        eprintln!("DuckDB loaded the calls in {:.1} s of processor time", loaded / 1e3);
    }
    Ok(duck)
}
