//! Everything of one number, or of the customer behind it.

use jiff::Timestamp;
use rusqlite::params;

use super::{
    access::Order,
    field::{Field, by_text},
    page::{keys_by_time, public},
    sql::array,
    tally::{Ask, Counted, Split, tally},
    term::{END, Term},
};
use crate::{
    domain::{
        actor::Scope,
        call::Outcome,
        clean,
        id::instant_of,
        list::Share,
        party::{NoteOfCall, NumberPage, Used},
        query::{Filter, NumberFragment, NumberPattern, Predicate, Side, quote},
    },
    store::{
        Store,
        calls::start_key,
        column::Column,
        customers,
        error::{Result, Sql, StoreError},
        notes,
        reader::Reader,
        row::flag,
    },
};

/// Calls whose keys are looked up first, so that everything else is read of these alone.
const FEW: usize = 5_000;
const AGENTS: usize = 20;
const NOTES: usize = 50;

impl Store {
    /// What there was with a number within a scope. `forms` are the canonical texts that it may stand for, likeliest first.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if neither a call nor a customer has any of them.
    pub async fn number(&self, scope: Scope, forms: Vec<String>) -> Result<NumberPage> {
        self.threads.read_lists(move |reader| number(reader, &scope, &forms)).await
    }
}

fn number(reader: &Reader, scope: &Scope, forms: &[String]) -> Sql<NumberPage> {
    let missing = || {
        let form = forms.first().map(|form| clean::line(form, 60)).unwrap_or_default();
        StoreError::NotFound(format!("no call and no customer has the number {form}"))
    };
    let mut numbers: Vec<String> = Vec::new();
    let mut customer = None;
    for form in forms {
        let owner = customers::of_number(reader, form)?;
        if owner.is_some() || reader.conn.prepare_cached("SELECT 1 FROM number WHERE canonical=?1")?.exists([form])? {
            numbers.push(form.clone());
        }
        customer = customer.or(owner);
    }
    let first = numbers.first().cloned().ok_or_else(missing)?;
    if let Some(customer) = &customer {
        numbers.extend(customer.numbers.iter().filter(|number| !forms.contains(number)).cloned());
    }
    let fragment = |digits: &String| NumberFragment { digits: digits.clone(), from_start: true, to_end: true };
    let pattern = NumberPattern { fragments: numbers.iter().map(fragment).collect() };
    let term = Term::of(reader, scope, &Filter::Is(Predicate::Number(Side::Any, pattern)))?;
    let mut page = NumberPage { number: first, query: query(&numbers), customer, numbers, ..NumberPage::default() };
    fill(reader, term, &mut page)?;
    // Whose calls somebody does not see, they do not know either.
    if page.totals.calls == 0 && (page.customer.is_none() || !scope.is_company()) {
        return Err(missing().into());
    }
    Ok(page)
}

/// The query that finds the calls with any of these numbers.
fn query(numbers: &[String]) -> String {
    let whole = |number: &String| {
        let digits = number.strip_prefix('+').unwrap_or(number);
        let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        if plain { format!("={number}") } else { format!("={}", quote(number)) }
    };
    format!("num:{}", numbers.iter().map(whole).collect::<Vec<_>>().join(","))
}

/// What the calls of a term say.
fn fill(reader: &Reader, term: Term, page: &mut NumberPage) -> Sql<()> {
    let (newest, more) = keys_by_time(reader, term.clone(), Order::Newest, (0, END), FEW)?;
    let (Some(last), Some(oldest)) = (newest.first().copied(), newest.last().copied()) else { return Ok(()) };
    let first = if more {
        keys_by_time(reader, term.clone(), Order::Oldest, (0, END), 1)?.0.first().copied().unwrap_or(oldest)
    } else {
        oldest
    };
    let term = if more { term } else { Term::Ids(newest.into_iter().rev().collect()) };
    page.first = Some(began(reader, first)?);
    page.last = Some(began(reader, last)?);

    let (tags, cases, notes) = (Counted::Keys(flag::TAG), Counted::Keys(flag::CASE), Counted::Keys(flag::NOTE));
    let all = tally(reader, &term, &Ask { sums: true, by: vec![tags, cases, notes], ..Ask::default() })?;
    page.totals = all.sums.totals(reader);
    let used = |field: Field, place: usize| -> Sql<Vec<Used>> {
        let counts = by_text(reader, field, &all.by[place])?;
        Ok(counts.into_iter().filter_map(|(name, calls)| Some(Used { name: name?, calls })).collect())
    };
    page.tags = used(Field::Tags, 0)?;
    page.cases = used(Field::Case, 1)?;
    page.notes = newest_notes(reader, all.by[2].keys().flatten().copied().collect())?;

    let answered = Term::And(vec![term, Term::Outcomes(vec![Outcome::Answered.code()])]);
    let split = Some(Split { by: Counted::Column(Column::Agent), sets: None, recode: None });
    let agents = by_text(reader, Field::Agent, &tally(reader, &answered, &Ask { split, ..Ask::default() })?.split)?;
    page.agents = agents.into_iter().take(AGENTS).map(|(value, sums)| Share { value, totals: sums.totals(reader) }).collect();
    Ok(())
}

fn began(reader: &Reader, key: i64) -> Sql<Timestamp> {
    Ok(instant_of(start_key(&reader.conn, key)?))
}

/// The newest notes of these calls.
fn newest_notes(reader: &Reader, calls: Vec<i64>) -> Sql<Vec<NoteOfCall>> {
    let sql =
        format!("SELECT call, {} FROM note WHERE call IN rarray(?1) ORDER BY created_us DESC, id DESC LIMIT ?2", notes::COLUMNS);
    let mut statement = reader.conn.prepare_cached(&sql)?;
    let found = statement
        .query_map(params![array(calls), NOTES as i64], |row| {
            Ok((row.get::<_, i64>(0)?, notes::read(&reader.shared.codec, row, 1)?))
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let mut of_calls = Vec::with_capacity(found.len());
    for (key, note) in found {
        let call = public(reader, &[key])?.pop().map(|id| id.0).unwrap_or_default();
        of_calls.push(NoteOfCall { call, start: began(reader, key)?, note });
    }
    Ok(of_calls)
}
