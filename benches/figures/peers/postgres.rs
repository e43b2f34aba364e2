//! PostgreSQL, started in a folder of its own for this run. As root it runs as the user `postgres`, since it refuses root.

use std::{
    cell::RefCell,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, bail};

use super::{programs, texts};
use crate::{clock, world::World};

struct Cluster {
    programs: PathBuf,
    psql: PathBuf,
    data: PathBuf,
    socket: PathBuf,
}

thread_local! {
    static STARTED: RefCell<Option<Result<Cluster, String>>> = const { RefCell::new(None) };
}

/// Median milliseconds that the server says the statement took: wall time, without parallel workers.
pub fn ask(world: &World, sql: &str) -> anyhow::Result<f64> {
    STARTED.with_borrow_mut(|started| {
        let cluster = started.get_or_insert_with(|| start(world).map_err(|why| format!("{why:#}")));
        let cluster = match cluster {
            Ok(cluster) => cluster,
            Err(why) => bail!("{why}"),
        };
        let explained = format!("EXPLAIN (ANALYZE, TIMING OFF) {sql};");
        let text = cluster.sql(&explained.repeat(3))?;
        let mut times: Vec<f64> = text
            .lines()
            .filter_map(|line| line.trim().strip_prefix("Execution Time: ")?.strip_suffix(" ms")?.parse().ok())
            .collect();
        anyhow::ensure!(!times.is_empty(), "no time in its answer");
        Ok(clock::median(&mut times))
    })
}

impl Cluster {
    fn command(&self, program: &str) -> Command {
        as_server(&self.programs.join(program))
    }

    fn sql(&self, sql: &str) -> anyhow::Result<String> {
        let mut command = Command::new(&self.psql);
        command.args(["-X", "-q", "-t", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", "postgres", "-h"]);
        Ok(programs::run(command.arg(&self.socket).arg("-c").arg(sql))?.text())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ =
            self.command("pg_ctl").arg("-D").arg(&self.data).args(["-m", "fast", "-w", "stop"]).stdout(Stdio::null()).status();
    }
}

fn start(world: &World) -> anyhow::Result<Cluster> {
    let psql = programs::find(&world.options, "psql")?;
    let found = programs::find(&world.options, "initdb").or_else(|why| newest_of_debian().ok_or(why))?;
    let programs = fs::canonicalize(found)?.parent().context("a folder")?.to_owned();
    let folder = std::path::absolute(world.folder())?.join(format!("postgres-{}", world.calls));
    let cluster = Cluster { programs, psql, data: folder.join("data"), socket: folder.clone() };
    let loaded = folder.join("loaded").exists();
    if !loaded {
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder)?;
        if is_root() {
            open_way(world, &folder)?;
            programs::run(Command::new("chown").arg("postgres").arg(&folder))?;
        }
        programs::run(cluster.command("initdb").arg("-D").arg(&cluster.data).args([
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
        ]))?;
    }
    let socket = cluster.socket.display();
    let settings = format!(
        "-k {socket} -c listen_addresses= -c shared_buffers=1GB -c work_mem=256MB -c maintenance_work_mem=1GB -c jit=off \
         -c max_parallel_workers_per_gather=0 -c fsync=off -c max_wal_size=8GB"
    );
    let log = cluster.socket.join("log");
    let begun = cluster
        .command("pg_ctl")
        .arg("-D")
        .arg(&cluster.data)
        .arg("-l")
        .arg(&log)
        .args(["-w", "-t", "60", "-o", &settings, "start"])
        .stdout(Stdio::null())
        .status()?;
    anyhow::ensure!(begun.success(), "does not start, see {}", log.display());
    if !loaded {
        let csv = texts::csv(world)?;
        eprintln!("loading PostgreSQL");
        let create = texts::create_table();
        cluster.sql(&format!("{create}; \n"))?;
        let from = format!("\\copy calls FROM '{}' WITH (FORMAT csv, HEADER true)", csv.display());
        cluster.sql(&from)?;
        cluster.sql("CREATE INDEX ON calls(start_ms)")?;
        cluster.sql("CREATE INDEX ON calls(ext, start_ms)")?;
        cluster.sql("CREATE INDEX ON calls(outcome, start_ms)")?;
        cluster.sql("VACUUM ANALYZE calls")?;
        fs::write(folder.join("loaded"), "")?;
    }
    Ok(cluster)
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

fn as_server(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program).current_dir("/");
    command
}

/// The server's user must be able to walk to its folder; only our own temporary folder is opened for it.
fn open_way(world: &World, folder: &Path) -> anyhow::Result<()> {
    fs::set_permissions(world.scratch(), fs::Permissions::from_mode(0o711))?;
    for above in folder.ancestors() {
        if fs::metadata(above)?.permissions().mode() & 0o001 == 0 {
            bail!("its user may not enter {}; name another folder with --keep", above.display());
        }
    }
    Ok(())
}

/// Debian keeps its programs outside of PATH.
fn newest_of_debian() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut found: Vec<PathBuf> =
        versions.flatten().map(|version| version.path().join("bin/initdb")).filter(|program| program.is_file()).collect();
    found.sort();
    found.pop()
}
