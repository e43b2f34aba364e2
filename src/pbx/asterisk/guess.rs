//! Proposes settings from what was read, for `--preview` and for imports without a settings file.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::tz::TimeZone;

use super::{
    channel::{ChannelName, dial_targets},
    fold::is_short,
    read::epoch_of,
    record::{Micros, Record},
    recording_name::{KNOWN_PATTERNS, NamePattern},
    settings::{Settings, parse_zone},
};
use crate::domain::number::{country_code_of, fits_national};

/// Distinct numbers kept of one endpoint.
const KEPT: usize = 4;
/// Moments kept for telling the zone.
const MOMENTS: usize = 4_000;

#[derive(Debug, Default)]
struct Endpoint {
    own_short: BTreeMap<String, u32>,
    outside_callers: BTreeSet<String>,
    dialled: u32,
    dialled_through: u32,
}

/// Gathers evidence.
#[derive(Debug, Default)]
pub struct Guess {
    endpoints: BTreeMap<String, Endpoint>,
    /// Context in which a channel began: by extensions, from outside.
    contexts: BTreeMap<String, (u32, u32)>,
    countries: HashMap<String, u32>,
    numbers: u32,
    prefixes: HashMap<char, u32>,
    /// Local time as if it were UTC, and the second in which the channel was made.
    moments: Vec<(Micros, Micros)>,
    names: Vec<String>,
}

impl Guess {
    /// A record, its times read as if in UTC.
    pub fn see(&mut self, record: &Record) {
        match record {
            Record::Cel(cel) => {
                if cel.app == "Dial" {
                    self.see_dial(&cel.app_data);
                }
                if cel.kind == "CHAN_START" {
                    let dialled_leg = matches!(cel.exten.as_str(), "s" | "");
                    self.see_channel(&cel.channel, &cel.number, dialled_leg, &cel.context, &cel.exten);
                }
            }
            Record::Cdr(cdr) => {
                if cdr.app == "Dial" {
                    self.see_dial(&cdr.app_data);
                }
                self.see_channel(&cdr.channel, &cdr.source, false, "", &cdr.destination);
                if cdr.whole_seconds
                    && self.moments.len() < MOMENTS
                    && let Some(born) = epoch_of(&cdr.unique_id)
                {
                    self.moments.push((cdr.start, born));
                }
            }
            Record::Queue(_) => {}
        }
    }

    /// A recording's name without suffix.
    pub fn see_name(&mut self, stem: &str) {
        if self.names.len() < 500 {
            self.names.push(stem.to_owned());
        }
    }

    fn endpoint(&mut self, channel: &str) -> Option<&mut Endpoint> {
        let name = ChannelName::parse(channel);
        (!name.is_internal()).then(|| self.endpoints.entry(format!("{}/{}", name.technology, name.endpoint)).or_default())
    }

    fn see_dial(&mut self, argument: &str) {
        for target in dial_targets(argument) {
            if target.technology.eq_ignore_ascii_case("local") {
                continue;
            }
            let entry = self.endpoints.entry(format!("{}/{}", target.technology, target.endpoint)).or_default();
            match target.number {
                Some(number) if number != target.endpoint => {
                    entry.dialled_through += 1;
                    self.see_number(number);
                }
                _ => entry.dialled += 1,
            }
        }
    }

    fn see_channel(&mut self, channel: &str, number: &str, dialled_leg: bool, context: &str, exten: &str) {
        let named_short = is_short(ChannelName::parse(channel).endpoint);
        let Some(endpoint) = self.endpoint(channel) else { return };
        let outside = !is_short(number) && number.len() > 6;
        if is_short(number) {
            *endpoint.own_short.entry(number.to_owned()).or_default() += 1;
        } else if outside && !dialled_leg && endpoint.outside_callers.len() < KEPT {
            endpoint.outside_callers.insert(number.to_owned());
        }
        if !dialled_leg && !context.is_empty() {
            let counts = self.contexts.entry(context.to_owned()).or_default();
            if named_short || is_short(number) { counts.0 += 1 } else { counts.1 += 1 }
        }
        if outside && !dialled_leg && !named_short {
            self.see_number(number);
        }
        if named_short {
            self.see_number(exten);
        }
    }

    fn see_number(&mut self, number: &str) {
        let digits = number.strip_prefix('+').unwrap_or(number);
        if digits.len() < 9 || digits.len() > 15 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return;
        }
        self.numbers += 1;
        if let Some(code) = country_code_of(digits)
            && fits_national(code, digits.len() - code.len())
            && digits.len() >= 10
        {
            *self.countries.entry(code.to_owned()).or_default() += 1;
        }
        if let Some(first) = digits.chars().next() {
            *self.prefixes.entry(first).or_default() += 1;
        }
    }

    fn is_trunk(full: &str, endpoint: &Endpoint) -> bool {
        let name = full.split_once('/').map_or(full, |(_, name)| name);
        endpoint.dialled_through > 0 || endpoint.outside_callers.len() > 1 && !is_short(name)
    }

    /// Settings that an import uses by itself: they name what was seen and exclude nothing that was not.
    pub fn settings(&self, company_zone: &str, company_country: Option<&str>) -> Settings {
        let mut settings = Settings::default();
        for (full, endpoint) in &self.endpoints {
            let name = full.split_once('/').map_or(full.as_str(), |(_, name)| name);
            if Self::is_trunk(full, endpoint) {
                settings.trunks.push(full.clone());
            } else if !is_short(name)
                && endpoint.outside_callers.is_empty()
                && let Some((number, _)) = endpoint.own_short.iter().max_by_key(|(_, count)| **count)
            {
                settings.names.insert(full.clone(), number.clone());
            }
        }
        settings.country_code = company_country.map(str::to_owned).or_else(|| self.country());
        settings.national_prefix = settings.country_code.as_deref().and_then(usual_prefix).map(str::to_owned);
        settings.zone = Some(self.zone(company_zone));
        settings.recording_name = self.pattern();
        settings
    }

    /// The same with the extensions and contexts that were seen, for a person to correct. Listing extensions says that
    /// nothing else is one.
    pub fn preview(&self, company_zone: &str, company_country: Option<&str>) -> Settings {
        let mut settings = self.settings(company_zone, company_country);
        let mut lengths: BTreeMap<usize, u32> = BTreeMap::new();
        for (full, endpoint) in &self.endpoints {
            let name = full.split_once('/').map_or(full.as_str(), |(_, name)| name);
            if is_short(name) && !Self::is_trunk(full, endpoint) {
                *lengths.entry(name.len()).or_default() += 1;
            }
        }
        settings.extensions = lengths.keys().map(|length| format!("/^\\d{{{length}}}$/")).collect();
        settings.incoming_contexts =
            self.contexts.iter().filter(|(_, (ours, theirs))| theirs > ours).map(|(name, _)| name.clone()).collect();
        settings.extension_contexts =
            self.contexts.iter().filter(|(_, (ours, theirs))| ours >= theirs).map(|(name, _)| name.clone()).collect();
        settings
    }

    fn country(&self) -> Option<String> {
        let (code, count) = self.countries.iter().max_by(|a, b| (a.1, b.0).cmp(&(b.1, a.0)))?;
        (*count >= 2 && *count * 10 >= self.numbers * 6).then(|| code.clone())
    }

    /// The zone in which `Master.csv` agrees with the seconds in its uniqueids: UTC, the company's, or a fixed offset.
    fn zone(&self, company_zone: &str) -> String {
        let agree = |zone: &TimeZone| {
            self.moments
                .iter()
                .filter(|(civil, born)| {
                    let Ok(born_at) = jiff::Timestamp::from_microsecond(*born) else { return false };
                    let offset = i64::from(zone.to_offset(born_at).seconds()) * 1_000_000;
                    (civil - offset - born).abs() <= 5_000_000
                })
                .count()
        };
        if self.moments.is_empty() {
            return company_zone.to_owned();
        }
        let mut best = ("UTC".to_owned(), agree(&TimeZone::UTC));
        if let Ok(zone) = parse_zone(company_zone)
            && agree(&zone) >= best.1
        {
            best = (company_zone.to_owned(), agree(&zone));
        }
        let mut offsets: BTreeMap<i64, usize> = BTreeMap::new();
        for (civil, born) in &self.moments {
            let seconds = (civil - born).div_euclid(1_000_000);
            let quarter = (seconds + 450).div_euclid(900) * 900;
            if (seconds - quarter).abs() <= 5 && quarter.abs() <= 14 * 3600 {
                *offsets.entry(quarter).or_default() += 1;
            }
        }
        if let Some((offset, count)) = offsets.into_iter().max_by_key(|(_, count)| *count)
            && count > best.1
        {
            let sign = if offset < 0 { '-' } else { '+' };
            best = (format!("{sign}{:02}:{:02}", offset.abs() / 3600, offset.abs() / 60 % 60), count);
        }
        best.0
    }

    fn pattern(&self) -> Option<String> {
        let fits = |pattern: &&&str| {
            NamePattern::new(pattern, TimeZone::UTC)
                .map_or(0, |compiled| self.names.iter().filter(|name| compiled.fits(name)).count())
        };
        KNOWN_PATTERNS.iter().rev().max_by_key(fits).filter(|pattern| fits(pattern) > 0).map(|pattern| (*pattern).to_owned())
    }
}

/// What is dialled before national numbers, where a country uses it.
fn usual_prefix(code: &str) -> Option<&'static str> {
    match code {
        "7" => Some("8"),
        "1" => Some("1"),
        "36" => Some("06"),
        "420" | "34" | "45" | "47" | "351" | "30" | "39" => None,
        _ => Some("0"),
    }
}
