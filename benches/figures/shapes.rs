//! The questions that are asked of every contestant: in the query language, as SQL over our tables, and as SQL over one wide
//! table of texts. Their values come from the database, so that there is something to find.

use anyhow::Context;
use callreel::domain::{
    call::{Direction, Outcome},
    id::{instant_of, key_of},
    query::QueryContext,
};
use jiff::{ToSpan, civil::Date};
use rusqlite::{Connection, OptionalExtension};

use super::world::day;

/// One question.
#[derive(Clone, Debug)]
pub struct Shape {
    pub name: &'static str,
    pub query: String,
    /// Tables and condition over our schema, the call being `c`.
    pub from: &'static str,
    pub ours: String,
    /// Condition over the wide table of texts.
    pub wide: String,
}

impl Shape {
    /// Order of the list over our schema.
    pub fn order(&self) -> &'static str {
        if self.query.contains("sort:-talk") {
            "c.talk_ds DESC, c.id DESC"
        } else if self.query.contains("sort:-size") {
            "c.rec_bytes DESC, c.id DESC"
        } else if self.from == OF_EXTENSION {
            "e.call DESC"
        } else {
            "c.id DESC"
        }
    }

    /// The same over the wide table.
    pub fn wide_order(&self) -> &'static str {
        if self.query.contains("sort:-talk") {
            "talk_ds DESC, start_ms DESC"
        } else if self.query.contains("sort:-size") {
            "bytes DESC, start_ms DESC"
        } else {
            "start_ms DESC"
        }
    }
}

#[derive(Clone, Debug)]
pub struct Shapes {
    pub everything: Shape,
    pub week: Shape,
    pub month_missed: Shape,
    pub extension: Shape,
    pub outcome: Shape,
    pub six_digits: Shape,
    pub four_digits: Shape,
    pub month_digits: Shape,
    pub quarter_talk: Shape,
    pub quarter_size: Shape,
    pub all_talk: Shape,
    /// Nothing is found, and no index helps.
    pub nothing: Shape,
    pub nothing_of_extension: Shape,
}

const CALL: &str = "call c";
/// Every call of an extension by the index that holds them.
const OF_EXTENSION: &str = "call_extension e CROSS JOIN call c ON c.id=e.call";

impl Shapes {
    pub fn of(conn: &Connection, context: &QueryContext) -> anyhow::Result<Self> {
        let today = day(context.now, &context.zone);
        let month = today.first_of_month();
        let quarter = month.checked_sub(2.months())?;
        let monday = today.checked_sub((6 + i64::from(today.weekday().to_monday_zero_offset())).days())?;
        let span = |from: Date, until: Date| -> anyhow::Result<(String, String)> {
            let instant = |date: Date| anyhow::Ok(date.to_zoned(context.zone.clone())?.timestamp());
            let key = |date| key_of(instant(date)?).context("a date before 2000");
            Ok((
                format!("c.id>={} AND c.id<{}", key(from)?, key(until)?),
                format!("start_ms>={} AND start_ms<{}", instant(from)?.as_millisecond(), instant(until)?.as_millisecond()),
            ))
        };
        let (this_month, wide_month) = span(month, month.checked_add(1.months())?)?;
        let (this_quarter, wide_quarter) = span(quarter, month.checked_add(1.months())?)?;
        let (that_week, wide_week) = span(monday, monday.checked_add(7.days())?)?;
        let (extension, extension_name) = middle_extension(conn)?;
        let digits = some_number(conn)?;
        let (six, four, three) = (&digits[..6], &digits[..4], &digits[..3]);
        let dated = |from: Date, until: Date| format!("date:{from}..{until}");
        let month_query = format!("date:{:04}-{:02}", month.year(), month.month());
        let quarter_query = dated(quarter, month.last_of_month());
        let (missed, failed) = (Outcome::Missed.code(), Outcome::Failed.code());
        let inward = Direction::In.code();
        let shape = |name, query: String, from, ours: String, wide: String| Shape { name, query, from, ours, wide };
        let has = |digits: &str| {
            let sides = |column: &str| format!("c.{column} IN (SELECT id FROM number WHERE canonical LIKE '%{digits}%')");
            format!("({} OR {} OR {})", sides("from_no"), sides("to_no"), sides("reached_no"))
        };
        let like = |digits: &str| {
            let sides = ["from_no", "to_no", "reached_no"].map(|column| format!("{column} LIKE '%{digits}%'"));
            format!("({})", sides.join(" OR "))
        };
        let either = |id: i64| format!("e.ext={id}");
        let named = format!("ext='{extension_name}'");
        Ok(Self {
            everything: shape("all calls", String::new(), CALL, "1".into(), "1=1".into()),
            week: shape("a week", dated(monday, monday.checked_add(6.days())?), CALL, that_week, wide_week),
            month_missed: shape(
                "month, in, missed",
                format!("{month_query} dir:in is:missed"),
                CALL,
                format!("{this_month} AND c.dir={inward} AND +c.outcome={missed}"),
                format!("{wide_month} AND dir='in' AND outcome='missed'"),
            ),
            extension: shape("an extension", format!("ext:{extension_name}"), OF_EXTENSION, either(extension), named.clone()),
            outcome: shape(
                "an outcome",
                "is:failed".into(),
                CALL,
                format!("c.outcome={failed} AND c.outcome<>0"),
                "outcome='failed'".into(),
            ),
            six_digits: shape("6 digits", format!("num:{six}"), CALL, has(six), like(six)),
            four_digits: shape("4 digits", format!("num:{four}"), CALL, has(four), like(four)),
            month_digits: shape(
                "month, 3 digits",
                format!("{month_query} num:{three}"),
                CALL,
                format!("{this_month} AND {}", has(three)),
                format!("{wide_month} AND {}", like(three)),
            ),
            quarter_talk: shape(
                "quarter, by talk",
                format!("{quarter_query} sort:-talk"),
                CALL,
                this_quarter.clone(),
                wide_quarter.clone(),
            ),
            quarter_size: shape(
                "quarter, recorded, by size",
                format!("{quarter_query} is:recorded sort:-size"),
                CALL,
                format!("{this_quarter} AND c.rec_count>0"),
                format!("{wide_quarter} AND recordings>0"),
            ),
            all_talk: shape("all, by talk", "sort:-talk".into(), CALL, "1".into(), "1=1".into()),
            nothing: shape(
                "nothing found, no index",
                "dir:internal talk:>20h".into(),
                CALL,
                format!("c.dir={} AND c.talk_ds>720000", Direction::Internal.code()),
                "dir='internal' AND talk_ds>720000".into(),
            ),
            nothing_of_extension: shape(
                "nothing found of an extension",
                format!("ext:{extension_name} dir:in talk:>20h"),
                OF_EXTENSION,
                format!("{} AND c.dir={inward} AND c.talk_ds>720000", either(extension)),
                format!("{named} AND dir='in' AND talk_ds>720000"),
            ),
        })
    }
}

/// Id and number of the extension that is neither busy nor idle.
fn middle_extension(conn: &Connection) -> anyhow::Result<(i64, String)> {
    let mut statement = conn.prepare(
        "SELECT e.id, e.name FROM (SELECT ext, count(*) AS calls FROM (SELECT ext FROM call ORDER BY id DESC LIMIT 100000) \
         WHERE ext IS NOT NULL GROUP BY ext) s JOIN extension e ON e.id=s.ext ORDER BY s.calls",
    )?;
    let found = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<Vec<_>>>()?;
    found.get(found.len() / 2).cloned().context("no call of an extension")
}

/// Digits in the middle of a number that somebody called from.
fn some_number(conn: &Connection) -> anyhow::Result<String> {
    let newest: i64 = conn.query_row("SELECT max(id) FROM call", [], |row| row.get(0))?;
    let before = key_of(instant_of(newest) - 200.hours()).unwrap_or(newest);
    let number: Option<String> = conn
        .query_row(
            "SELECT n.canonical FROM call c JOIN number n ON n.id=c.from_no \
             WHERE c.id<?1 AND c.dir=1 AND length(n.canonical)>=10 ORDER BY c.id DESC LIMIT 1",
            [before],
            |row| row.get(0),
        )
        .optional()?;
    let digits: String = number.context("no outside number")?.chars().filter(char::is_ascii_digit).skip(2).take(6).collect();
    anyhow::ensure!(digits.len() == 6, "a number of too few digits");
    Ok(digits)
}
