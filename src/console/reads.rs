//! Reads of the API, and how their answers go back.

use std::time::Duration;

use tokio::sync::mpsc;
use zeroize::Zeroizing;

use super::{
    Opened, Opener, access,
    effect::{Answer, Haul, Read, Slot, Values},
    message::{Connected, Msg, News},
    tasks::{Scope, home},
    values,
};
use crate::{
    client::{CallsQuery, Client, ClientError},
    domain::query,
    takeout,
    wire::{self, access::Credentials},
};

/// Totals that take longer are preceded by a count that stops early.
const PATIENCE: Duration = Duration::from_millis(250);
/// Names of customers that are offered.
const NAMES: usize = 50;
/// Where that count stops; the line then says «at least».
const COUNT_AT_MOST: u64 = 10_000;

/// Ids in one query.
const IDS: usize = 50;
/// Calls whose names are shown before a download.
const SHOWN: usize = 3;

/// Where the answers of one read go.
pub(super) struct Reply {
    pub(super) messages: mpsc::Sender<Msg>,
    pub(super) slot: Slot,
    pub(super) generation: u64,
}

impl Reply {
    pub(super) async fn send(&self, answer: Result<Answer, ClientError>) {
        let answer = Box::new(answer);
        let _ = self.messages.send(Msg::Answered { slot: self.slot, generation: self.generation, answer }).await;
    }
}

/// A read that takes longer is told of.
const SLOW: Duration = Duration::from_secs(2);
/// A read without an answer for so long is given up: the line is away.
const SILENT: Duration = Duration::from_secs(60);
/// Longest that a server may take to say who one is.
const GREETING: Duration = Duration::from_secs(8);

/// A password is made slow to try.
const PASSWORDS: Duration = Duration::from_secs(30);

/// Performs a read over a line that may be slow, or silent for ever.
pub(super) async fn patiently(client: &Client, asked: Read, reply: &Reply) {
    if client.is_in_process() || asked.is_of_this_machine() {
        return read(client, asked, reply).await;
    }
    let news = matches!(asked, Read::Revision(Some(_)));
    let patience = if asked == Read::Probe { GREETING } else { SILENT };
    let mut reading = std::pin::pin!(tokio::time::timeout(patience, read(client, asked, reply)));
    let ended = match tokio::time::timeout(SLOW, &mut reading).await {
        Ok(ended) => ended,
        Err(_slow) => {
            if !news {
                let _ = reply.messages.send(Msg::Slow { slot: reply.slot, generation: reply.generation }).await;
            }
            reading.await
        }
    };
    if ended.is_err() {
        let silent = ClientError::Unreachable { place: "the server".to_owned(), why: "the server does not answer".to_owned() };
        reply.send(Err(silent)).await;
    }
}

/// Passes live news on until the stream ends, and tells how it did.
pub(super) async fn listen(client: Option<Client>, generation: u64, after: Option<String>, messages: mpsc::Sender<Msg>) {
    let tell = |news| messages.send(Msg::News { generation, news: Box::new(news) });
    let Some(client) = client else { return };
    let ended = match tokio::time::timeout(SILENT, client.events(after.as_deref())).await {
        Err(_elapsed) => {
            Some(ClientError::Unreachable { place: "the server".to_owned(), why: "the server does not answer".to_owned() })
        }
        Ok(Err(error)) => Some(error),
        Ok(Ok(mut events)) => {
            let _ = tell(News::Opened).await;
            loop {
                match events.next().await {
                    Ok(Some(event)) => {
                        let place = events.last().map(ToOwned::to_owned);
                        let _ = tell(News::Event(event, place)).await;
                    }
                    Ok(None) => break None,
                    Err(error) => break Some(error),
                }
            }
        }
    };
    let _ = tell(News::Ended(ended)).await;
}

/// Signs in; gives the token of the session, or how it ended.
pub(super) async fn signed_in(opener: &Opener, credentials: Credentials) -> Result<Zeroizing<String>, Connected> {
    let client = match opener(None).await {
        Err(why) => return Err(Connected::NotSignedIn(why)),
        Ok(Opened::NothingYet) => return Err(Connected::NothingYet),
        Ok(Opened::Client(client)) => client,
    };
    match tokio::time::timeout(PASSWORDS, client.sign_in(&credentials)).await {
        Err(_elapsed) => Err(Connected::Away("the server does not answer".to_owned())),
        Ok(Ok(session)) => Ok(Zeroizing::new(session.token)),
        Ok(Err(ClientError::Unreachable { why, .. })) => Err(Connected::Away(why)),
        Ok(Err(error)) => Err(Connected::NotSignedIn(error.to_string())),
    }
}

/// Who one is there: the first thing that is asked of what was opened.
pub(super) async fn introduced(client: &Client) -> Connected {
    let asked = tokio::time::timeout(GREETING, client.who_am_i()).await;
    match asked {
        Err(_elapsed) => Connected::Away("the server does not answer".to_owned()),
        Ok(Ok(who)) => {
            let zone = jiff::tz::TimeZone::get(&who.company.zone).unwrap_or(jiff::tz::TimeZone::UTC);
            Connected::Up { who, zone, over_a_line: !client.is_in_process() }
        }
        Ok(Err(ClientError::Unreachable { why, .. })) => Connected::Away(why),
        Ok(Err(ClientError::Answer(why))) => Connected::OtherVersion(why),
        Ok(Err(ClientError::Problem(problem))) => match problem.status {
            401 => Connected::SignedOut,
            404 => Connected::OtherVersion(problem.detail),
            502..=504 => Connected::Away(problem.detail),
            _ => Connected::Failed(problem.detail),
        },
    }
}

/// Performs a read; a page with figures has two answers or three.
pub(super) async fn read(client: &Client, read: Read, reply: &Reply) {
    let query = match &read {
        Read::Page { query, figures: true } | Read::Figures(query) => Some(CallsQuery::new(query.q.clone())),
        _ => None,
    };
    if !matches!(read, Read::Figures(_)) {
        let answer = perform(client, read).await;
        let refused = answer.is_err();
        reply.send(answer).await;
        if refused {
            return;
        }
    }
    if let Some(query) = query {
        figures(client, query, reply).await;
    }
}

async fn perform(client: &Client, read: Read) -> Result<Answer, ClientError> {
    Ok(match read {
        Read::Page { query, .. } => Answer::Page(client.calls(&query).await?),
        Read::Figures(query) => Answer::Totals(Box::new(client.totals(&query).await?)),
        Read::More { way, query } => Answer::More { way, page: client.calls(&query).await? },
        Read::Jump { near, list } => jump(client, near, list).await?,
        Read::Audit(query) => Answer::Audit(client.audit(&query).await?),
        Read::AuditCheck => Answer::AuditChecked(Box::new(client.check_audit(None).await?)),
        Read::Count(query) => Answer::Count(client.count(&query).await?),
        Read::Detail(id) => Answer::Detail(Box::new(client.call(&id).await?)),
        Read::Peaks { recording, width, between: None } => Answer::Peaks(client.peaks(&recording, width).await?),
        Read::Peaks { recording, width, between: Some(between) } => {
            Answer::Peaks(client.peaks_between(&recording, width, between).await?)
        }
        Read::Speech(recording) => Answer::Speech(Box::new(client.speech(&recording).await?)),
        Read::Revision(None) => Answer::Revision(client.revision().await?),
        Read::Revision(Some(known)) => Answer::Revision(client.revision_after(&known).await?),
        Read::Fresh(query) => Answer::Fresh(client.calls(&query).await?),
        Read::Clips(call) => Answer::Clips { clips: client.clips_of(&call).await?, call },
        Read::Probe => client.who_am_i().await.map(|_who| Answer::Alive)?,
        Read::Survey(scope) => survey(client, &scope).await?,
        Read::Haul(scope) => haul(client, &scope).await?,
        Read::Folders(text) => {
            let begun = text.clone();
            Answer::Folders { text, folders: asked(move || takeout::folders_like(&begun, home().as_deref())).await? }
        }
        Read::Target(file) => {
            let check = move || takeout::check_target(&takeout::at_home(&file, home().as_deref()));
            Answer::Target(asked(check).await?.map_err(|why| why.to_string()))
        }
        Read::Values => Answer::Values(values(client).await?),
        Read::Views => Answer::Views(client.views().await?),
        Read::Names(of) => Answer::Names { names: names(client, &of).await?, of },
        Read::Facets { q, parts } => {
            let mut facets = wire::Facets::new();
            for part in parts {
                facets.extend(client.facets(&part).await?);
            }
            Answer::Facets { q, facets }
        }
        Read::Summary(queries) => Answer::Summary(Box::new(summary(client, queries).await?)),
        Read::Breakdown(queries) => breakdown(client, queries).await?,
        Read::People { only } => Answer::People(Box::new(access::read(client, only).await?)),
        Read::Collections => Answer::Collections(client.collections().await?),
        // Tried by the runner, which knows what the environment tells of sound.
        Read::Outputs => Answer::Outputs(Box::default()),
        Read::Number(number) => Answer::Number(Box::new(client.number(&number).await?)),
    })
}

/// What the calls of several queries come to together.
async fn summary(client: &Client, queries: Vec<CallsQuery>) -> Result<wire::SummaryBody, ClientError> {
    let mut queries = queries.into_iter();
    let mut whole = client.summary(&queries.next().unwrap_or_default()).await?;
    for query in queries {
        let part = client.summary(&query).await?;
        whole.totals.add(&part.totals);
        for (hour, more) in whole.hours.iter_mut().zip(part.hours) {
            *hour += more;
        }
        for day in part.days {
            match whole.days.binary_search_by_key(&day.day, |known| known.day) {
                Ok(at) => whole.days[at].calls += day.calls,
                Err(at) => whole.days.insert(at, day),
            }
        }
    }
    Ok(whole)
}

/// As [`summary`], for each value of a field.
async fn breakdown(client: &Client, queries: Vec<CallsQuery>) -> Result<Answer, ClientError> {
    let by = queries.first().map(|query| query.by.clone()).unwrap_or_default();
    let mut shares: Vec<wire::Share> = Vec::new();
    let several = queries.len() > 1;
    for query in queries {
        for share in client.breakdown(&query).await? {
            match shares.iter_mut().find(|known| known.value == share.value) {
                Some(known) => known.totals.add(&share.totals),
                None => shares.push(share),
            }
        }
    }
    if several && crate::domain::facet::is_ordered(&by) {
        shares.sort_by_key(|share| place(&by, share.value.as_deref()));
    } else if several {
        shares.sort_by_key(|share| std::cmp::Reverse(share.totals.calls));
    }
    Ok(Answer::Breakdown { by, shares })
}

/// Where a value of a field with an order of its own stands; unknown last.
fn place(by: &str, value: Option<&str>) -> (bool, usize, String) {
    let weekday = crate::domain::facet::WEEKDAYS.iter().position(|day| by == "weekday" && Some(*day) == value);
    (value.is_none(), weekday.unwrap_or(0), value.unwrap_or_default().to_owned())
}

/// Exact count and totals; where they take long, first as many as are quickly counted.
async fn figures(client: &Client, query: CallsQuery, reply: &Reply) {
    let mut totals = std::pin::pin!(client.totals(&query));
    let quick = match tokio::time::timeout(PATIENCE, &mut totals).await {
        Ok(totals) => Some(totals),
        Err(_elapsed) => {
            let bounded = CallsQuery { at_most: Some(COUNT_AT_MOST), ..query.clone() };
            if let Ok(count) = client.count(&bounded).await {
                reply.send(Ok(Answer::Count(count))).await;
            }
            None
        }
    };
    let totals = match quick {
        Some(totals) => totals,
        None => totals.await,
    };
    match totals {
        Ok(totals) => reply.send(Ok(Answer::Totals(Box::new(totals)))).await,
        Err(error) => tracing::warn!("no totals of \"{}\": {error}", crate::domain::clean::line(&query.q, 200)),
    }
}

/// Finds the first call of `near`, then reads the page of `list` that ends with it, so that both directions go on.
async fn jump(client: &Client, near: CallsQuery, mut list: CallsQuery) -> Result<Answer, ClientError> {
    let found = client.calls(&near).await?;
    let on = found.items.first().map(|call| call.id.clone());
    let behind = found.next.clone().filter(|_| found.items.len() == 2);
    list.before = Some(behind.unwrap_or_else(|| "end".to_owned()));
    Ok(Answer::Jump { page: if on.is_some() { client.calls(&list).await? } else { found }, on })
}

/// The queries that give the calls of a scope, in parts where they are named.
fn queries(scope: &Scope) -> Vec<String> {
    match scope {
        Scope::Query { q, .. } => vec![q.clone()],
        Scope::Calls(ids) => {
            let ids: Vec<&str> = ids.iter().collect();
            ids.chunks(IDS).map(|ids| format!("id:{}", ids.join(","))).collect()
        }
    }
}

async fn survey(client: &Client, scope: &Scope) -> Result<Answer, ClientError> {
    let (mut calls, mut unflagged) = (0, 0);
    for q in queries(scope) {
        let facets = client.facets(&CallsQuery { by: "flagged".to_owned(), ..CallsQuery::new(q) }).await?;
        for counted in facets.into_values().flatten() {
            calls += counted.count;
            unflagged += if counted.value.as_deref() == Some("true") { 0 } else { counted.count };
        }
    }
    Ok(Answer::Survey { calls, unflagged })
}

async fn haul(client: &Client, scope: &Scope) -> Result<Answer, ClientError> {
    let mut haul = Haul::default();
    let sort = match scope {
        Scope::Query { sort, .. } => sort.clone(),
        Scope::Calls(_) => String::new(),
    };
    for q in queries(scope) {
        if haul.first.len() < SHOWN {
            let recorded = if q.trim().is_empty() { "has:recording".to_owned() } else { format!("({q}) has:recording") };
            let query = CallsQuery { sort: sort.clone(), limit: Some(SHOWN), total: Some(false), ..CallsQuery::new(recorded) };
            haul.first.extend(client.calls(&query).await?.items);
            haul.first.truncate(SHOWN);
        }
        let totals = client.totals(&CallsQuery::new(q)).await?;
        haul.calls += totals.calls;
        haul.recordings += totals.recordings;
        haul.bytes += totals.bytes;
    }
    Ok(Answer::Haul(Box::new(haul)))
}

/// What the file system says, asked on a thread that may wait for it.
async fn asked<T: Send + 'static>(ask: impl FnOnce() -> T + Send + 'static) -> Result<T, ClientError> {
    tokio::task::spawn_blocking(ask).await.map_err(|why| ClientError::Answer(why.to_string()))
}

/// Names of customers with a part, the ones with most calls first.
async fn names(client: &Client, part: &str) -> Result<Vec<String>, ClientError> {
    let q = format!("name:{}", query::quote(part));
    let facets = client.facets(&CallsQuery { q, by: "customer".to_owned(), ..CallsQuery::default() }).await?;
    let found = facets.into_values().flatten().filter_map(|count| count.value);
    Ok(found.take(NAMES).collect())
}

/// Names with their counts; where calls cannot be counted now, the names alone.
async fn values(client: &Client) -> Result<Values, ClientError> {
    let by = Values::FACETS.to_owned();
    let facets = client.facets(&CallsQuery { by, ..CallsQuery::default() }).await.unwrap_or_default();
    let mut values = Values::of_facets(&facets);
    let extensions = client.extensions().await?;
    values::add(&mut values.agents, extensions.iter().filter_map(|extension| extension.agent.clone()));
    values::add(&mut values.extensions, extensions.into_iter().map(|extension| extension.number));
    values::add(&mut values.groups, client.groups().await?.into_iter().map(|named| named.name));
    values::add(&mut values.projects, client.projects().await?.into_iter().map(|named| named.name));
    values::add(&mut values.tags, client.tags().await?.into_iter().map(|used| used.name));
    values::add(&mut values.cases, client.cases().await?.into_iter().map(|used| used.name));
    values.views = client.views().await?;
    Ok(values)
}
