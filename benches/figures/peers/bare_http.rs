//! A handler as small as it gets: the same SQL by hand, structs, JSON; and a client that asks one thing again and again.

use std::{
    path::Path,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use axum::{
    Router,
    body::Bytes,
    extract::{Path as Captured, State},
    http::header,
    response::IntoResponse,
    routing::get,
};
use rusqlite::Connection;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

use super::bare;
use crate::{clock, shapes::Shape, world};

type Pool = Arc<Mutex<Vec<Connection>>>;

#[derive(Clone)]
struct Shared {
    pool: Pool,
    sql: Arc<str>,
}

/// `/page/{extension}` from connections that are lent in turn; `{{ext}}` in the SQL stands for the id.
pub fn router(database: &Path, shape: &Shape, connections: usize) -> anyhow::Result<Router> {
    let connections = (0..connections).map(|_| world::bare(database)).collect::<anyhow::Result<Vec<_>>>()?;
    let sql = bare::page_sql(shape, None, 0).into();
    Ok(Router::new().route("/page/{extension}", get(page)).with_state(Shared { pool: Arc::new(Mutex::new(connections)), sql }))
}

async fn page(State(shared): State<Shared>, Captured(extension): Captured<i64>) -> Result<impl IntoResponse, String> {
    let made = tokio::task::spawn_blocking(move || {
        let sql = of_extension(&shared.sql, extension);
        let conn = shared.pool.lock().expect("the pool").pop().context("a connection")?;
        let made = json(&conn, &sql);
        shared.pool.lock().expect("the pool").push(conn);
        made
    });
    let body = made.await.map_err(|why| why.to_string())?.map_err(|why| why.to_string())?;
    Ok(([(header::CONTENT_TYPE, "application/json")], Bytes::from(body)))
}

/// SQL, structs, JSON.
pub fn json(conn: &Connection, sql: &str) -> anyhow::Result<Vec<u8>> {
    Ok(serde_json::to_vec(&bare::page(conn, sql)?)?)
}

/// The SQL of one extension's page for another one.
pub fn of_extension(sql: &str, extension: i64) -> String {
    let (before, rest) = sql.split_once("e.ext=").unwrap_or((sql, ""));
    let rest = rest.trim_start_matches(|letter: char| letter.is_ascii_digit());
    format!("{before}e.ext={extension}{rest}")
}

/// Serves on a port of this machine; the runtime's end is its end.
pub async fn serve(router: Router) -> anyhow::Result<std::net::SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

/// What a client saw.
pub struct Load {
    pub per_second: f64,
    pub p99_ms: f64,
    /// Both ends, for each request.
    pub cpu_ms: f64,
}

/// Asks over kept connections for a while, one request after the other on each.
pub async fn load(address: std::net::SocketAddr, paths: Vec<String>, connections: usize, time: Duration) -> anyhow::Result<Load> {
    let paths = Arc::new(paths);
    // One round warms up what both sides keep.
    ask(address, &paths, 0, Instant::now() + Duration::from_millis(200)).await?;
    let (start, before) = (Instant::now(), clock::cpu());
    let until = start + time;
    let mut clients = Vec::new();
    for client in 0..connections {
        let paths = Arc::clone(&paths);
        clients.push(tokio::spawn(async move { ask(address, &paths, client * 7, until).await }));
    }
    let mut times = Vec::new();
    for client in clients {
        times.extend(client.await??);
    }
    let (wall, cpu) = (start.elapsed().as_secs_f64(), clock::cpu().saturating_sub(before));
    let requests = times.len() as f64;
    Ok(Load {
        per_second: requests / wall,
        p99_ms: clock::percentile_99(&mut times),
        cpu_ms: clock::milliseconds(cpu) / requests,
    })
}

async fn ask(address: std::net::SocketAddr, paths: &[String], offset: usize, until: Instant) -> anyhow::Result<Vec<f64>> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let mut stream = BufReader::with_capacity(1 << 17, stream);
    let (mut times, mut line, mut body) = (Vec::new(), String::new(), Vec::new());
    for path in paths.iter().cycle().skip(offset % paths.len()) {
        if Instant::now() >= until {
            break;
        }
        let begin = Instant::now();
        stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: figures\r\n\r\n").as_bytes()).await?;
        let (mut length, mut first) = (None, true);
        loop {
            line.clear();
            stream.read_line(&mut line).await?;
            if std::mem::take(&mut first) && !line.contains(" 200 ") {
                bail!("{path}: {}", line.trim());
            }
            if line == "\r\n" {
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse::<usize>().ok();
            }
        }
        body.resize(length.with_context(|| format!("{path}: an answer without a length"))?, 0);
        stream.read_exact(&mut body).await?;
        times.push(clock::milliseconds(begin.elapsed()));
    }
    Ok(times)
}
