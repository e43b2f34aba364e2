//! `Master.csv` of `cdr_csv`: sixteen columns, then what its settings add (uniqueid, userfield, peeraccount, linkedid,
//! sequence). Whole seconds of local time, or of UTC with `usegmtime`.

use std::borrow::Cow;

use jiff::{
    civil::DateTime,
    tz::{AmbiguousOffset, TimeZone},
};

use super::Reject;
use crate::pbx::asterisk::{
    record::{Cdr, Micros, Record},
    settings::Rules,
};

const COLUMNS: usize = 16;
const DISPOSITIONS: [&str; 6] = ["ANSWERED", "NO ANSWER", "BUSY", "FAILED", "CONGESTION", "UNKNOWN"];

pub(super) fn looks_like(line: &str) -> bool {
    split(line).is_some_and(|columns| columns.len() >= COLUMNS && DISPOSITIONS.contains(&columns[14].as_ref()))
}

/// The columns of one line, as RFC 4180 quotes them: `""` within quotes stands for `"`. What follows a closing quote belongs to
/// the column too. None for a line without any.
fn split(line: &str) -> Option<Vec<Cow<'_, str>>> {
    let mut columns = Vec::with_capacity(COLUMNS + 6);
    let mut rest = line.trim_start_matches(['\r', '\n']);
    if rest.is_empty() {
        return None;
    }
    loop {
        let (column, end) = match rest.strip_prefix('"') {
            Some(quoted) => quoted_column(quoted),
            None => {
                let end = rest.find([',', '\r', '\n']).unwrap_or(rest.len());
                (Cow::Borrowed(&rest[..end]), &rest[end..])
            }
        };
        columns.push(column);
        match end.strip_prefix(',') {
            Some(next) => rest = next,
            None => return Some(columns),
        }
    }
}

/// A column behind its opening quote, and what follows it.
fn quoted_column(quoted: &str) -> (Cow<'_, str>, &str) {
    let close = memchr::memchr(b'"', quoted.as_bytes()).unwrap_or(quoted.len());
    let (plain, after) = (&quoted[..close], quoted.get(close + 1..).unwrap_or_default());
    if after.is_empty() || after.starts_with([',', '\r', '\n']) {
        return (Cow::Borrowed(plain), after);
    }
    let mut text = plain.to_owned();
    let mut rest = after;
    let mut open = false;
    loop {
        if open {
            let close = memchr::memchr(b'"', rest.as_bytes()).unwrap_or(rest.len());
            text.push_str(&rest[..close]);
            rest = rest.get(close + 1..).unwrap_or_default();
            open = false;
        } else if let Some(again) = rest.strip_prefix('"') {
            text.push('"');
            rest = again;
            open = true;
        } else {
            let end = rest.find([',', '\r', '\n']).unwrap_or(rest.len());
            text.push_str(&rest[..end]);
            return (Cow::Owned(text), &rest[end..]);
        }
    }
}

/// One line.
pub(super) fn read(line: &str, rules: &Rules) -> Result<Record, Reject> {
    let columns = split(line).ok_or_else(|| Reject::new("is no line of comma-separated values"))?;
    if columns.len() < COLUMNS {
        return Err(Reject::new(format!("has {} columns, Master.csv at least {COLUMNS}", columns.len())));
    }
    if columns.len() > COLUMNS + 6 {
        return Err(Reject::new(format!("has {} columns, Master.csv at most {}", columns.len(), COLUMNS + 6)));
    }
    if !DISPOSITIONS.contains(&columns[14].as_ref()) {
        return Err(Reject::new("has no known disposition in column 15"));
    }
    let column = |index: usize| columns.get(index).map(|column| column.clone().into_owned()).unwrap_or_default();
    let number = |index: usize, what: &str| {
        columns[index].trim().parse::<i64>().map_err(|_| Reject::new(format!("{what} is no number of seconds")))
    };
    let (duration, billsec) = (number(12, "duration")?, number(13, "billsec")?);
    if duration < 0 || billsec < 0 {
        return Err(Reject::new("has a negative length"));
    }
    let id = column(16);
    let unique_id = if looks_like_id(&id) { id } else { format!("{}@{}", columns[5], columns[9]) };
    let hint = epoch_of(&unique_id);
    let told = time(&columns[9], &rules.zone, hint)?.ok_or_else(|| Reject::new("has no start"))?;
    let astray = hint.filter(|_| rules.zone_is_guessed).map_or(0, |born| astray(told, born));
    let start = told - astray;
    let answered = start + (duration - billsec) * 1_000_000;
    let answer = time(&columns[10], &rules.zone, Some(answered + astray))?.map(|answer| answer - astray);
    let end = time(&columns[11], &rules.zone, Some(start + astray + duration * 1_000_000))?
        .map_or(start + duration * 1_000_000, |end| end - astray);
    // An hour of local time that does not exist, or a clock set back within the call: the length is what was counted.
    let end = if end < start || (end - start - duration * 1_000_000).abs() >= 3_500_000_000 {
        start + duration * 1_000_000
    } else {
        end
    };
    Ok(Record::Cdr(Cdr {
        start,
        answer: answer.map(|answer| if (start..=end).contains(&answer) { answer } else { answered.clamp(start, end) }),
        end,
        whole_seconds: true,
        duration,
        billsec,
        unique_id,
        linked_id: Some(column(19)).filter(|id| looks_like_id(id)).unwrap_or_default(),
        sequence: column(20).trim().parse().unwrap_or(-1),
        source: column(1),
        destination: column(2),
        context: column(3),
        caller_id: column(4),
        channel: column(5),
        far_channel: column(6),
        app: column(7),
        app_data: column(8),
        disposition: column(14),
    }))
}

/// By how much a guessed zone is wrong at this moment: an hour more or less, if that makes the line begin with its channel.
fn astray(told: Micros, born: Micros) -> Micros {
    const HOUR: Micros = 3_600_000_000;
    [HOUR, -HOUR].into_iter().find(|hour| (-2_000_000..5_000_000).contains(&(told - hour - born))).unwrap_or(0)
}

fn looks_like_id(text: &str) -> bool {
    text.rsplit_once('.').is_some_and(|(_, counter)| !counter.is_empty() && counter.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The second in which a uniqueid (`[system-]EPOCH.counter`) was made.
pub(in crate::pbx::asterisk) fn epoch_of(unique_id: &str) -> Option<Micros> {
    let (whole, _) = unique_id.rsplit_once('.')?;
    let seconds: i64 = whole.rsplit('-').next()?.parse().ok()?;
    (900_000_000..100_000_000_000).contains(&seconds).then(|| seconds * 1_000_000)
}

/// A moment as the exchange writes it: local time, of the two in a doubled hour the one nearer to `hint`.
pub(in crate::pbx::asterisk) fn time(text: &str, zone: &TimeZone, hint: Option<Micros>) -> Result<Option<Micros>, Reject> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        let seconds: f64 = text.parse().map_err(|_| Reject::new(format!("\"{text}\" is no time")))?;
        return Ok((seconds > 0.0).then_some((seconds * 1e6).round() as i64));
    }
    let civil: DateTime =
        text.parse().map_err(|_| Reject::new(format!("\"{}\" is no time", crate::domain::clean::line(text, 40))))?;
    let ambiguous = zone.to_ambiguous_timestamp(civil);
    let micros = |offset: jiff::tz::Offset| offset.to_timestamp(civil).map(jiff::Timestamp::as_microsecond);
    let at = match (ambiguous.offset(), hint) {
        (AmbiguousOffset::Fold { before, after }, Some(hint)) => match (micros(before), micros(after)) {
            (Ok(first), Ok(second)) => Ok(if (second - hint).abs() < (first - hint).abs() { second } else { first }),
            (first, _) => first,
        },
        _ => ambiguous.compatible().map(jiff::Timestamp::as_microsecond),
    };
    at.map(Some).map_err(|_| Reject::new(format!("\"{text}\" is no possible time")))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the `csv` crate, which is slower for single lines, reads the first record of a text.
    fn by_crate(line: &str) -> Option<Vec<String>> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(line.as_bytes());
        let mut record = csv::StringRecord::new();
        reader.read_record(&mut record).ok()?.then(|| record.iter().map(str::to_owned).collect())
    }

    proptest::proptest! {
        #[test]
        fn columns_are_those_of_the_csv_crate(line in "[a,\"é \r]{0,12}(\"[ab,\"]{0,6}\",?){0,3}") {
            let ours = split(&line).map(|columns| columns.into_iter().map(Cow::into_owned).collect::<Vec<_>>());
            proptest::prop_assert_eq!(ours, by_crate(&line));
        }
    }

    #[test]
    fn the_doubled_hour_is_told_by_the_uniqueid() {
        let zone = TimeZone::get("Europe/Warsaw").expect("zone");
        // 2026-10-25 02:30 comes twice in Warsaw: at 00:30Z and at 01:30Z.
        for instant in ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"] {
            let expected = instant.parse::<jiff::Timestamp>().expect("instant").as_microsecond();
            let hint = epoch_of(&format!("pbx-{}.7", expected / 1_000_000));
            assert_eq!(time("2026-10-25 02:30:00", &zone, hint).expect("time"), Some(expected));
        }
    }
}
