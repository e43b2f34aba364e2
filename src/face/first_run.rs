//! The ways to begin that the console's first screen can carry out by itself: a demo, an import, a server.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use super::console::{Hosts, connect, open};
use crate::{
    cli::{Context, Place, generation_failure},
    client::ServerAddress,
    console::Ways,
    host::{
        OpenRequest,
        company::demo,
        import::{self, Order},
    },
};

/// `~/spool` as a shell would take it.
fn under_home(path: &str, home: Option<&Path>) -> PathBuf {
    match (path.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(path),
    }
}

/// What the first-run screen can do by itself.
pub(super) fn ways(place: &Place, context: &Context, hosts: &Hosts) -> Ways {
    let Place::Local(path) = place else { return Ways::default() };
    let (folder, request) = (context.paths.data.join("demo"), context.request(path.clone()));
    let (demo_request, demo_hosts) = (request.clone(), Arc::clone(hosts));
    let (settings, import_hosts) = (context.settings.clone(), Arc::clone(hosts));
    let home = context.environment.home.clone();
    Ways {
        demo: Some(Arc::new(move || {
            let (folder, request, hosts) = (folder.clone(), demo_request.clone(), Arc::clone(&demo_hosts));
            Box::pin(async move {
                let order = demo::Order { folder, calls: None, seed: None, now: jiff::Timestamp::now() };
                let made =
                    demo::demo(request.clone(), order, &|_| {}).await.map_err(|error| generation_failure(&error).message)?;
                open(OpenRequest { path: made.database, ..request }, &hosts).await
            })
        })),
        import: Some(Arc::new(move |from| {
            let (request, hosts, settings) = (request.clone(), Arc::clone(&import_hosts), settings.clone());
            let home = home.clone();
            Box::pin(async move {
                let from = under_home(&from, home.as_deref());
                let order = Order::of_folder(&from, settings.company()).map_err(|error| error.to_string())?;
                // Sound alone makes no call: the list would open empty on a database that nobody wanted.
                if order.cdr.is_empty() && order.cel.is_empty() && order.queue_log.is_empty() {
                    return Err(format!(
                        "{} holds no CDR, CEL or queue log of an Asterisk (such as Master.csv); nothing was made",
                        from.display()
                    ));
                }
                import::run(request.clone(), order, |_| {}, std::future::pending()).await.map_err(|error| error.to_string())?;
                open(request, &hosts).await
            })
        })),
        server: Some(Arc::new(|address| connect(ServerAddress::parse(&address)))),
    }
}
