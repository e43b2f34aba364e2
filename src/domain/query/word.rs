//! Words without a field: length, date, number or text, decided in this order.

use super::{
    QueryContext,
    date::{self, Place, Written},
    filter::{Filter, Predicate, Side, TimeRange},
    measure, number,
    syntax::{Comparison, Value},
    terms::NOT_A_LENGTH,
};
use crate::domain::clean::fold;

/// What a word means.
pub(super) fn bare(value: &Value, context: &QueryContext) -> Result<Filter, String> {
    if value.quoted {
        return Ok(Filter::of(Predicate::Text(sought(&value.text)?)));
    }
    let word = value.text.as_str();
    if let Some((sign, length)) = Comparison::strip(word).filter(|(_, rest)| rest.starts_with(|c: char| c.is_ascii_digit())) {
        return match measure::length(length) {
            Some(measure) => Ok(Filter::of(Predicate::Talk(measure.compared(sign)))),
            None if measure::size(length).is_some() => Err(format!("not a length; did you mean \"size:{word}\"?")),
            None if date::read_field(length).is_ok() => Err(format!("not a length; did you mean \"date:{word}\"?")),
            None => Err(NOT_A_LENGTH.to_owned()),
        };
    }
    if let Some(range) = time(value, context)? {
        return Ok(Filter::of(Predicate::Time(range)));
    }
    if number::is_number_word(word)
        && let Some(pattern) = number::pattern(word, context)
    {
        return Ok(Filter::of(Predicate::Number(Side::Any, pattern)));
    }
    Ok(Filter::of(Predicate::Text(sought(word.trim_matches('*'))?)))
}

/// The time that a word without a field means; none: it has no date's shape.
pub(super) fn time(value: &Value, context: &QueryContext) -> Result<Option<TimeRange>, String> {
    if value.quoted {
        return Ok(None);
    }
    if let Some(range) = date_range(&value.text, context)? {
        return Ok(Some(range));
    }
    let Some(written) = date::read(&value.text)? else { return Ok(None) };
    let (from, until) = written.moments(Place::Alone, context)?;
    Ok(Some(TimeRange { from: Some(from), until: Some(until) }))
}

/// A range of dates; none if either end has no date's shape.
fn date_range(word: &str, context: &QueryContext) -> Result<Option<TimeRange>, String> {
    let Some((left, right)) = split_range(word) else { return Ok(None) };
    let end = |text: &str| -> Result<Option<Option<Written>>, String> {
        if text.is_empty() { Ok(Some(None)) } else { Ok(date::read(text)?.map(Some)) }
    };
    // A piece of another word may look like half a date; only both ends make a range.
    match (end(left).ok().flatten(), end(right).ok().flatten()) {
        (Some(None), Some(None)) | (None, _) | (_, None) => Ok(None),
        (Some(from), Some(until)) => range(from, until, context).map(Some),
    }
}

fn split_range(word: &str) -> Option<(&str, &str)> {
    let dots = word.find("..")?;
    let after_date_dot = word.get(dots..)?.starts_with("...") && word.get(..dots)?.ends_with(|c: char| c.is_ascii_digit());
    let dots = dots + usize::from(after_date_dot);
    Some((word.get(..dots)?, word.get(dots + 2..)?))
}

/// The first moment of the left, and the last of the right.
pub(super) fn range(from: Option<Written>, until: Option<Written>, context: &QueryContext) -> Result<TimeRange, String> {
    let from = from.map(|written| written.moments(Place::End, context)).transpose()?.map(|(first, _)| first);
    let until = until.map(|written| written.moments(Place::End, context)).transpose()?.map(|(_, after)| after);
    match (from, until) {
        (Some(from), Some(until)) if from > until => Err("this range ends before it begins".to_owned()),
        _ => Ok(TimeRange { from, until }),
    }
}

/// A text to look for; what folds to nothing would be found everywhere.
pub(super) fn sought(text: &str) -> Result<String, String> {
    if fold(text).trim().is_empty() { Err("there is nothing to look for".to_owned()) } else { Ok(text.to_owned()) }
}
