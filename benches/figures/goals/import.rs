//! G9 and G10: lines of an exchange into an empty database, and into the measured one.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use rusqlite::Connection;

use super::*;
use crate::{
    common::home::{Home, PROGRAM},
    peers::{lines as exchange, programs},
};

fn imported(world: &World, database: &Path) -> anyhow::Result<programs::Ran> {
    let home = Home::new();
    let file = exchange::master(world)?;
    let mut command = Command::new(PROGRAM);
    command.env_clear().envs(home.environment().iter().cloned()).current_dir(home.path());
    command.args(["import", "asterisk", "--cdr"]).arg(&file).arg("--db").arg(database);
    programs::run(command.arg("--quiet"))
}

fn seconds(time: Duration, unit: &'static str) -> Measure {
    Measure::new(time.as_secs_f64(), unit)
}

/// Of a million.
fn for_a_million(world: &World, seconds: f64) -> f64 {
    seconds * world.options.lines as f64 / 1e6
}

pub fn measure(world: &World) -> anyhow::Result<Vec<Line>> {
    let database = world.scratch().join("imported.db");
    remove(&database);
    let ran = imported(world, &database)?;
    let what = format!("import of {} lines, empty database", world.options.lines);
    let wall = Line::new("G9", format!("{what}, wall"), seconds(ran.wall, "s"));
    let cpu = Line::new("G9", &what, ran.cpu_seconds()).goal(Bound::RatioAtMost(3.0));
    let mut result = vec![wall.goal(Bound::AtMost(for_a_million(world, 30.0)))];
    if world.wants(Peers::All) {
        result.push(cpu.beside(Peer::of("sqlite3 .import, 3 indexes", by_shell(world))));
    } else {
        result.push(cpu);
    }
    remove(&database);
    Ok(result)
}

fn by_shell(world: &World) -> anyhow::Result<Measure> {
    let shell = programs::find(&world.options, "sqlite3")?;
    let file = exchange::master(world)?;
    let database = world.scratch().join("shell.db");
    remove(&database);
    let columns = "accountcode,src,dst,dcontext,clid,channel,dstchannel,lastapp,lastdata,start,answer,end,duration INT,billsec INT,\
                   disposition,amaflags,uniqueid,userfield";
    let mut command = Command::new(shell);
    command.arg(&database).args([&format!("CREATE TABLE cdr({columns})"), ".mode csv"]);
    command.arg(format!(".import \"{}\" cdr", file.display()));
    command.arg("CREATE INDEX a ON cdr(start); CREATE INDEX b ON cdr(src); CREATE INDEX c ON cdr(uniqueid);");
    let ran = programs::run(&mut command);
    remove(&database);
    Ok(ran?.cpu_seconds())
}

pub fn measure_big(world: &World) -> anyhow::Result<Vec<Line>> {
    let empty = world.scratch().join("imported.db");
    remove(&empty);
    let first = imported(world, &empty)?;
    remove(&empty);
    let copy = copied(world)?;
    let over = AtomicBool::new(false);
    let (ran, watched) = std::thread::scope(|scope| {
        let watcher = scope.spawn(|| watched(&copy, &over));
        let ran = imported(world, &copy);
        over.store(true, Ordering::Relaxed);
        (ran, watcher.join())
    });
    remove(&copy);
    let what = format!("import of {} lines into {} calls", world.options.lines, world.calls);
    let Ok(watched) = watched else { bail!("the watcher broke off, see above") };
    let (ran, [writer, reader]) = (ran?, watched?);
    let beside = |line: Line, measure| line.beside(Peer::Measured("ours into an empty one".to_owned(), measure));
    Ok(vec![
        beside(Line::new("G10", &what, ran.cpu_seconds()), first.cpu_seconds()).goal(Bound::RatioAtMost(2.0)),
        beside(Line::new("G10", format!("{what}, wall"), seconds(ran.wall, "s")), seconds(first.wall, "s")),
        Line::new("G10", "longest wait of another writer", Measure::new(writer, "ms wall")).goal(Bound::AtMost(250.0)),
        Line::new("G10", "slowest page meanwhile", Measure::new(reader, "ms wall")),
    ])
}

/// Asks for the lock of writers and for a page of the list again and again; the longest that each took, in milliseconds.
fn watched(database: &Path, over: &AtomicBool) -> anyhow::Result<[f64; 2]> {
    let mut writer = Connection::open(database)?;
    // The built-in waiting sleeps for up to 100 ms at a time.
    writer.busy_handler(Some(|_| {
        std::thread::sleep(Duration::from_millis(1));
        true
    }))?;
    let reader = crate::world::bare(database)?;
    let mut longest = [0.0_f64; 2];
    while !over.load(Ordering::Relaxed) {
        let start = Instant::now();
        writer.execute_batch("BEGIN IMMEDIATE; ROLLBACK")?;
        longest[0] = longest[0].max(clock::milliseconds(start.elapsed()));
        let start = Instant::now();
        let mut statement = reader.prepare_cached("SELECT * FROM call ORDER BY id DESC LIMIT 50")?;
        let mut rows = statement.query([])?;
        while rows.next()?.is_some() {}
        longest[1] = longest[1].max(clock::milliseconds(start.elapsed()));
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(longest)
}

/// A copy of the measured database with what lies beside it, shared on the disk where the file system can.
fn copied(world: &World) -> anyhow::Result<PathBuf> {
    let (folder, stem) = world.database.parent().zip(world.database.file_stem()).context("a database in a folder")?;
    let stem = stem.to_string_lossy();
    let copies = tempfile::Builder::new().prefix("callreel-figures-big-").tempdir_in(folder)?.keep();
    let free = programs::run(Command::new("df").args(["--output=avail", "-B1"]).arg(folder))?.text();
    let free: u64 = free.lines().last().context("df")?.trim().parse()?;
    let needed = fs::metadata(&world.database)?.len() * 2;
    if free < needed {
        let _ = fs::remove_dir(&copies);
        bail!("a copy needs {} MB of the disk, {} are free", needed / 1_000_000, free / 1_000_000);
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let belongs = name.strip_prefix(&*stem).is_some_and(|end| end.starts_with('.') || end.starts_with('-'));
        if belongs && path.is_file() && !name.ends_with("lock") {
            programs::run(Command::new("cp").arg("--reflink=auto").arg(&path).arg(copies.join(&name)))?;
        } else if belongs && path.is_dir() {
            // The folder of recordings knows its database: its head is enough.
            programs::run(Command::new("cp").args(["-r", "--reflink=auto"]).arg(&path).arg(copies.join(&name)))?;
        }
    }
    Ok(copies.join(world.database.file_name().unwrap_or_default()))
}

/// With everything beside it; the copy's folder is ours alone.
fn remove(database: &Path) {
    let Some((folder, stem)) = database.parent().zip(database.file_stem()) else { return };
    let stem = stem.to_string_lossy();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.strip_prefix(&*stem).is_some_and(|end| end.starts_with('.') || end.starts_with('-')) {
            let path = entry.path();
            let _ = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        }
    }
    if folder.file_name().is_some_and(|name| name.to_string_lossy().starts_with("callreel-figures-big-")) {
        let _ = fs::remove_dir(folder);
    }
}
