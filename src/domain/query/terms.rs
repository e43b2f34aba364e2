//! What one value of one field means.

use std::str::FromStr;

use super::{
    QueryContext,
    audit::AuditPredicate,
    clock, date,
    date::Place,
    fields::{self, Field, Kind},
    filter::{ExtensionPattern, Filter, Has, Is, NamePattern, Predicate, Range, TimeRange, Weekdays},
    measure::{self, Measure},
    number,
    syntax::{Comparison, Operand, Value},
    word::{self, sought},
};
use crate::domain::{audit::Did, call::Outcome, clean::fold};

pub(super) const NOT_A_LENGTH: &str = "not a length; try 90s, 2m, 1h30m or 2:30";

/// The meaning of one operand. The error is about the whole operand.
pub(super) fn filter(field: &Field, operand: &Operand, context: &QueryContext) -> Result<Filter, String> {
    let predicate = match field.kind {
        Kind::Date => Predicate::Time(date_term(operand, context)?),
        Kind::After => Predicate::Time(TimeRange { from: Some(first_moment(field, operand, context)?), until: None }),
        Kind::Before => Predicate::Time(TimeRange { from: None, until: Some(first_moment(field, operand, context)?) }),
        Kind::TimeOfDay => time_of_day(operand)?,
        Kind::Weekday => Predicate::Weekday(weekdays(operand)?),
        Kind::Party(side) if is_whole(operand) => {
            let value = one(field, operand)?;
            if !value.quoted && value.text.contains(['^', '*']) {
                return Err("\"=\" wants a whole number, without \"^\" and \"*\"".to_owned());
            }
            Predicate::Number(side, number::whole(&sought(&value.text)?, context))
        }
        Kind::Party(side) => {
            let value = one(field, operand)?;
            match number::pattern(&value.text, context) {
                Some(pattern) => Predicate::Number(side, pattern),
                None if !value.quoted && value.text.chars().all(|character| "^*+-./() ".contains(character)) => {
                    return Err(format!("\"{}\" has neither digits nor letters", value.text));
                }
                None => Predicate::PartyName(side, part_text(value)?),
            }
        }
        Kind::CustomerName => Predicate::CustomerName(name(field, operand, part)?),
        Kind::Extension => Predicate::Extension(extension(operand)?),
        Kind::Agent => Predicate::Agent(name(field, operand, part)?),
        Kind::Group => Predicate::Group(name(field, operand, whole)?),
        Kind::Queue => Predicate::Queue(name(field, operand, whole)?),
        Kind::Project => Predicate::Project(name(field, operand, whole)?),
        Kind::Direction => Predicate::Direction(fixed(field, one(field, operand)?)?),
        Kind::Route => Predicate::Route(fixed(field, one(field, operand)?)?),
        Kind::Mode => Predicate::Mode(fixed(field, one(field, operand)?)?),
        Kind::Has => Predicate::Has(fixed::<Has>(field, one(field, operand)?)?),
        Kind::Is => {
            let value = one(field, operand)?;
            match fold(&value.text).parse::<Outcome>() {
                Ok(outcome) => Predicate::Outcome(outcome),
                Err(()) => Predicate::Is(fixed::<Is>(field, value)?),
            }
        }
        Kind::Talk => Predicate::Talk(measured(operand, measure::length, NOT_A_LENGTH)?),
        Kind::Wait => Predicate::Wait(measured(operand, measure::length, NOT_A_LENGTH)?),
        Kind::OnHold => Predicate::OnHold(measured(operand, measure::length, NOT_A_LENGTH)?),
        Kind::RecordingLength => Predicate::RecordingLength(measured(operand, measure::length, NOT_A_LENGTH)?),
        Kind::Size => Predicate::Size(measured(operand, measure::size, "not a size; try 500kB, 10MB or 1.5GB")?),
        Kind::Case => Predicate::Case(name(field, operand, whole)?),
        Kind::Tag => Predicate::Tag(name(field, operand, part)?),
        Kind::Note => {
            let text = part_text(one(field, operand)?)?;
            if super::words(&text).is_empty() {
                return Err("there is no word to look for".to_owned());
            }
            Predicate::Note(text)
        }
        Kind::Id => Predicate::Id(sought(&one(field, operand)?.text)?),
        Kind::On => Predicate::On(name(field, operand, whole)?),
        Kind::HeardBy => Predicate::HeardBy { name: name(field, operand, part)?, only: None },
        Kind::DownloadedBy => Predicate::DownloadedBy { name: name(field, operand, part)?, only: None },
        Kind::In => Predicate::In { name: name(field, operand, whole)?, who: String::new() },
        // `resolve` handles these itself.
        Kind::View | Kind::Sort | Kind::Who | Kind::Did | Kind::Object | Kind::Where | Kind::Session => {
            return Err(format!("\"{}:\" stands by itself", field.name));
        }
    };
    Ok(Filter::of(predicate))
}

/// As [`filter`], of a field of the audit log.
pub(super) fn audit(field: &Field, operand: &Operand, context: &QueryContext) -> Result<AuditPredicate, String> {
    Ok(match field.kind {
        Kind::Who => AuditPredicate::Who(name(field, operand, part)?),
        Kind::Did => AuditPredicate::Did(Did::parse(&one(field, operand)?.text)?),
        Kind::Object => AuditPredicate::Object(name(field, operand, whole)?),
        Kind::Session => AuditPredicate::Session(name(field, operand, whole)?),
        Kind::Where => AuditPredicate::Where(part_text(one(field, operand)?)?),
        Kind::Date => AuditPredicate::Time(date_term(operand, context)?),
        Kind::After => AuditPredicate::Time(TimeRange { from: Some(first_moment(field, operand, context)?), until: None }),
        Kind::Before => AuditPredicate::Time(TimeRange { from: None, until: Some(first_moment(field, operand, context)?) }),
        _ => return Err(format!("\"{}:\" stands by itself", field.name)),
    })
}

/// Whether an operand is `=` and a value: that number or name and no other.
pub(super) const fn is_whole(operand: &Operand) -> bool {
    matches!(operand, Operand::Compare(Comparison::Equal, _))
}

fn one<'a>(field: &Field, operand: &'a Operand) -> Result<&'a Value, String> {
    match operand {
        Operand::One(value) | Operand::Compare(Comparison::Equal, value) => Ok(value),
        Operand::Compare(..) => Err(format!("\"{}:\" takes no comparison; to look for the text, put it in quotes", field.name)),
        Operand::Range(..) => Err(format!("\"{}:\" takes no range; to look for the text, put it in quotes", field.name)),
    }
}

/// A name; after `=` the whole of it, else as `plain` takes it.
fn name(field: &Field, operand: &Operand, plain: fn(&Value) -> Result<NamePattern, String>) -> Result<NamePattern, String> {
    let value = one(field, operand)?;
    if !is_whole(operand) {
        return plain(value);
    }
    if !value.quoted && value.text.contains('*') {
        return Err("\"=\" wants a whole name, without \"*\"".to_owned());
    }
    sought(&value.text).map(NamePattern::Whole)
}

/// Part of a text: open at both ends anyway.
fn part(value: &Value) -> Result<NamePattern, String> {
    part_text(value).map(NamePattern::Part)
}

fn part_text(value: &Value) -> Result<String, String> {
    sought(if value.quoted { &value.text } else { value.text.trim_matches('*') })
}

/// A whole text, or its beginning and `*`.
fn whole(value: &Value) -> Result<NamePattern, String> {
    let text = sought(&value.text)?;
    let Some(beginning) = text.strip_suffix('*') else {
        if !value.quoted && text.contains('*') {
            return Err("\"*\" may stand at the end only".to_owned());
        }
        return Ok(NamePattern::Whole(text));
    };
    if !value.quoted && beginning.contains('*') {
        return Err("\"*\" may stand at the end only".to_owned());
    }
    sought(beginning).map(NamePattern::Beginning)
}

fn fixed<T: FromStr>(field: &Field, value: &Value) -> Result<T, String> {
    let folded = fold(&value.text);
    let unknown = || fields::unknown_value(field.name, &value.text, field.values);
    // A word may exist in the code before its feature does.
    if !field.values.contains(&folded.as_str()) {
        return Err(unknown());
    }
    folded.parse().map_err(|_| unknown())
}

fn measured(operand: &Operand, read: fn(&str) -> Option<Measure>, not: &str) -> Result<Range, String> {
    let measure = |value: &Value| read(&value.text).ok_or_else(|| not.to_owned());
    match operand {
        Operand::One(value) => Ok(measure(value)?.alone()),
        Operand::Compare(sign, value) => Ok(measure(value)?.compared(*sign)),
        Operand::Range(from, to) => {
            let end = |value: &Option<Value>| value.as_ref().map(measure).transpose().map(|found| found.map(|found| found.value));
            let range = Range { from: end(from)?, to: end(to)? };
            match (range.from, range.to) {
                (Some(from), Some(to)) if from > to => Err("this range ends before it begins".to_owned()),
                _ => Ok(range),
            }
        }
    }
}

fn date_term(operand: &Operand, context: &QueryContext) -> Result<TimeRange, String> {
    let (sign, value) = match operand {
        Operand::Range(from, to) => {
            let end = |value: &Option<Value>| value.as_ref().map(|value| date::read_field(&value.text)).transpose();
            return word::range(end(from)?, end(to)?, context);
        }
        Operand::One(value) => (Comparison::Equal, value),
        Operand::Compare(sign, value) => (*sign, value),
    };
    let written = date::read_field(&value.text)?;
    let place = if sign == Comparison::Equal { Place::Alone } else { Place::End };
    let (first, after) = written.moments(place, context)?;
    Ok(match sign {
        Comparison::Equal => TimeRange { from: Some(first), until: Some(after) },
        Comparison::Greater => TimeRange { from: Some(after), until: None },
        Comparison::GreaterEqual => TimeRange { from: Some(first), until: None },
        Comparison::Less => TimeRange { from: None, until: Some(first) },
        Comparison::LessEqual => TimeRange { from: None, until: Some(after) },
    })
}

fn first_moment(field: &Field, operand: &Operand, context: &QueryContext) -> Result<jiff::Timestamp, String> {
    let Operand::One(value) = operand else { return Err(format!("\"{}:\" takes one date", field.name)) };
    Ok(date::read_field(&value.text)?.moments(Place::End, context)?.0)
}

fn time_of_day(operand: &Operand) -> Result<Predicate, String> {
    let read = |value: &Value| clock::clock(&value.text).ok_or_else(|| "not a time of day; try 08:00..12:00".to_owned());
    let (from, to) = match operand {
        Operand::One(value) | Operand::Compare(Comparison::Equal, value) => {
            let clock = read(value)?;
            (clock.minute, (clock.minute + clock.width).min(clock::DAY))
        }
        Operand::Compare(Comparison::Greater | Comparison::GreaterEqual, value) => (read(value)?.minute, clock::DAY),
        Operand::Compare(Comparison::Less | Comparison::LessEqual, value) => (0, read(value)?.minute),
        Operand::Range(from, to) => {
            let end = |value: &Option<Value>| value.as_ref().map(read).transpose().map(|clock| clock.map(|clock| clock.minute));
            (end(from)?.unwrap_or(0), end(to)?.unwrap_or(clock::DAY))
        }
    };
    if from == to || from == clock::DAY {
        return Err("no time of day lies between these".to_owned());
    }
    Ok(Predicate::TimeOfDay { from, to })
}

fn weekdays(operand: &Operand) -> Result<Weekdays, String> {
    let read = |value: &Value| {
        date::weekday(&fold(&value.text))
            .map(|day| day.to_monday_zero_offset())
            .ok_or_else(|| "not a day of the week; try mon..fri".to_owned())
    };
    match operand {
        Operand::One(value) | Operand::Compare(Comparison::Equal, value) => read(value).map(|day| clock::weekdays(day, day)),
        Operand::Range(Some(from), Some(to)) => Ok(clock::weekdays(read(from)?, read(to)?)),
        Operand::Range(..) | Operand::Compare(..) => Err("days of the week go from one to another: mon..fri".to_owned()),
    }
}

fn extension(operand: &Operand) -> Result<ExtensionPattern, String> {
    match operand {
        Operand::One(value) | Operand::Compare(Comparison::Equal, value) => {
            let text = sought(&value.text)?;
            match text.strip_suffix('*').filter(|_| !value.quoted) {
                Some("") => Err("there is nothing to look for".to_owned()),
                Some(beginning) if beginning.contains('*') => Err("\"*\" may stand at the end only".to_owned()),
                Some(beginning) => Ok(ExtensionPattern::Prefix(beginning.to_owned())),
                None if !value.quoted && text.contains('*') => Err("\"*\" may stand at the end only".to_owned()),
                None => Ok(ExtensionPattern::Exact(text)),
            }
        }
        Operand::Range(Some(from), Some(to)) => {
            let digits = |value: &Value| !value.text.is_empty() && value.text.bytes().all(|byte| byte.is_ascii_digit());
            if !digits(from) || !digits(to) || from.text.len() != to.text.len() {
                return Err("a range of extensions wants two numbers of the same length, such as 601..609".to_owned());
            }
            if from.text > to.text {
                return Err("this range ends before it begins".to_owned());
            }
            Ok(ExtensionPattern::Range(from.text.clone(), to.text.clone()))
        }
        Operand::Range(..) => Err("a range of extensions wants both ends, such as 601..609".to_owned()),
        Operand::Compare(..) => Err("\"ext:\" takes no comparison; try 601..609 or 6*".to_owned()),
    }
}
