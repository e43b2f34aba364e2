//! G11 and G12: one list request, in process and over the loopback.

use std::time::Duration;

use axum::{Extension, body::Body, http::Request};
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::*;
use crate::peers::bare_http;

/// Extensions asked for in turn.
const EXTENSIONS: usize = 200;
const CONNECTIONS: usize = 8;
const TIME: Duration = Duration::from_secs(3);
const WHAT: &str = "list request in process";

/// Ids and numbers of extensions.
fn extensions(world: &World) -> anyhow::Result<Vec<(i64, String)>> {
    let mut statement = world.bare.prepare("SELECT id, name FROM extension ORDER BY id LIMIT ?1")?;
    let found = statement.query_map([EXTENSIONS], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

fn path(name: &str) -> String {
    format!("/api/v1/calls?q=ext:{name}&limit=50")
}

pub fn measure_in_process(world: &World) -> anyhow::Result<Vec<Line>> {
    let extensions = extensions(world)?;
    let api = world.host.local_api();
    let mut turn = extensions.iter().cycle();
    let mut length = 0;
    let mut ours = || {
        let (_, name) = turn.next().expect("an extension");
        let request = Request::get(path(name)).body(Vec::new())?;
        let body = world.wait(async {
            let answer = api(request).await;
            anyhow::ensure!(answer.status().is_success(), "{}", answer.status());
            answer.into_body().collect().await.map_err(|why| anyhow::anyhow!("{why}"))
        })?;
        length = body.to_bytes().len();
        Ok(())
    };
    if !world.wants(Peers::Own) {
        let ours = clock::median_ms(ours)?;
        return Ok(vec![Line::new("G11", WHAT, Measure::ms(ours)).goal(Bound::RatioAtMost(1.5))]);
    }
    let sql = bare::page_sql(&world.shapes.extension, None, 0);
    let mut other = extensions.iter().cycle();
    let (spent, by_hand) = clock::duel_ms(&mut ours, || {
        let (id, _) = other.next().expect("an extension");
        bare_http::json(&world.bare, &bare_http::of_extension(&sql, *id)).map(drop)
    })?;
    let mut other = extensions.iter().cycle();
    let router = bare_http::router(&world.database, &world.shapes.extension, 1)?;
    let (again, handler) = clock::duel_ms(&mut ours, || {
        let (id, _) = other.next().expect("an extension");
        world.wait(async {
            let answer = router.clone().oneshot(Request::get(format!("/page/{id}")).body(Body::empty())?).await?;
            anyhow::ensure!(answer.status().is_success(), "{}", answer.status());
            answer.into_body().collect().await?;
            Ok(())
        })
    })?;
    let peer = |name: &str, ms| Peer::Measured(name.to_owned(), Measure::ms(ms));
    Ok(vec![
        Line::new("G11", WHAT, Measure::ms(spent)).beside(peer("SQL, structs, JSON", by_hand)).goal(Bound::RatioAtMost(1.5)),
        Line::new("G11", WHAT, Measure::ms(again)).beside(peer("bare axum handler", handler)),
        Line::new("G11", "its answer", Measure::count(length as u64, "B")),
    ])
}

pub fn measure_loopback(world: &World) -> anyhow::Result<Vec<Line>> {
    let extensions = extensions(world)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let router = callreel::server::router(world.host.service().clone()).layer(Extension(world.host.actor().clone()));
    let paths = extensions.iter().map(|(_, name)| path(name)).collect();
    let ours = runtime.block_on(async { bare_http::load(bare_http::serve(router).await?, paths, CONNECTIONS, TIME).await })?;
    let what = format!("list requests over loopback, p99 {:.1} ms", ours.p99_ms);
    let line = Line::new("G12", &what, Measure::new(ours.per_second, "/s")).goal(Bound::RatioAtLeast(0.8));
    let cpu = Line::new("G12", "list request over loopback, both ends", Measure::ms(ours.cpu_ms));
    if !world.wants(Peers::Own) {
        return Ok(vec![line, cpu]);
    }
    let router = bare_http::router(&world.database, &world.shapes.extension, CONNECTIONS)?;
    let paths = extensions.iter().map(|(id, _)| format!("/page/{id}")).collect();
    let bare = runtime.block_on(async { bare_http::load(bare_http::serve(router).await?, paths, CONNECTIONS, TIME).await })?;
    let name = "bare axum handler, same SQL";
    Ok(vec![
        line.beside(Peer::Measured(name.to_owned(), Measure::new(bare.per_second, "/s"))),
        cpu.beside(Peer::Measured(name.to_owned(), Measure::ms(bare.cpu_ms))),
    ])
}
