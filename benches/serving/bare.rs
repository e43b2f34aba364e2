//! The peer: a handler as small as it gets, the same rows by the same SQL to JSON, nobody asked who they are.

use std::{
    path::Path,
    sync::{Arc, Mutex},
};

use anyhow::Context;
use axum::{Router, body::Bytes, extract::State, http::header, response::IntoResponse, routing::get};
use rusqlite::Connection;
use tokio::{
    net::{TcpListener, UnixListener},
    runtime::Runtime,
};

use crate::{asking::Place, bare_page, shapes::Shape, world};

#[derive(Clone)]
struct Shared {
    pool: Arc<Mutex<Vec<Connection>>>,
    sql: Arc<str>,
}

/// Serves the newest calls on a port and a socket of this machine; the runtime's end is its end.
pub fn serve(runtime: &Runtime, database: &Path, folder: &Path, connections: usize) -> anyhow::Result<[Place; 2]> {
    let pool = (0..connections).map(|_| world::bare(database)).collect::<anyhow::Result<Vec<_>>>()?;
    let newest = Shape { name: "all calls", query: String::new(), from: "call c", ours: "1".to_owned(), wide: String::new() };
    let shared = Shared { pool: Arc::new(Mutex::new(pool)), sql: bare_page::page_sql(&newest, None, 0).into() };
    let router = Router::new().route("/page", get(page)).with_state(shared);
    let path = folder.join("bare");
    runtime.block_on(async {
        let (network, socket) = (TcpListener::bind("127.0.0.1:0").await?, UnixListener::bind(&path)?);
        let address = network.local_addr()?.to_string();
        let other = router.clone();
        tokio::spawn(async move { axum::serve(network, router).await });
        tokio::spawn(async move { axum::serve(socket, other).await });
        Ok([Place::Network(address), Place::Socket(path)])
    })
}

async fn page(State(shared): State<Shared>) -> Result<impl IntoResponse, String> {
    let made = tokio::task::spawn_blocking(move || {
        let conn = shared.pool.lock().expect("the pool").pop().context("a connection")?;
        let made = bare_page::page(&conn, &shared.sql).and_then(|calls| Ok(serde_json::to_vec(&calls)?));
        shared.pool.lock().expect("the pool").push(conn);
        made
    });
    let body = made.await.map_err(|why| why.to_string())?.map_err(|why| format!("{why:#}"))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], Bytes::from(body)))
}
