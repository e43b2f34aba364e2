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
    let ours = clock::median_ms(|| {
        let (_, name) = turn.next().expect("an extension");
        let request = Request::get(path(name)).body(Vec::new())?;
        let body = world.wait(async {
            let answer = api(request).await;
            anyhow::ensure!(answer.status().is_success(), "{}", answer.status());
            answer.into_body().collect().await.map_err(|why| anyhow::anyhow!("{why}"))
        })?;
        length = body.to_bytes().len();
        Ok(())
    })?;
    let what = format!("list request in process ({length} B)");
    let line = Line::new("G11", &what, Measure::ms(ours)).goal(Bound::RatioAtMost(1.5));
    if !world.wants(Peers::Own) {
        return Ok(vec![line]);
    }
    let sql = bare::page_sql(&world.shapes.extension, None, 0);
    let mut turn = extensions.iter().cycle();
    let by_hand = clock::median_ms(|| {
        let (id, _) = turn.next().expect("an extension");
        bare_http::json(&world.bare, &bare_http::of_extension(&sql, *id)).map(drop)
    });
    let mut turn = extensions.iter().cycle();
    let router = bare_http::router(&world.database, &world.shapes.extension, 1)?;
    let handler = clock::median_ms(|| {
        let (id, _) = turn.next().expect("an extension");
        world.wait(async {
            let answer = router.clone().oneshot(Request::get(format!("/page/{id}")).body(Body::empty())?).await?;
            anyhow::ensure!(answer.status().is_success(), "{}", answer.status());
            answer.into_body().collect().await?;
            Ok(())
        })
    });
    Ok(vec![
        line.beside(Peer::of("SQL, structs, JSON", by_hand.map(Measure::ms))),
        Line::new("G11", &what, Measure::ms(ours)).beside(Peer::of("bare axum handler", handler.map(Measure::ms))),
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
