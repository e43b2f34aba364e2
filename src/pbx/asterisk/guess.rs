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
const MOMENTS: usize = 1_000;

#[derive(Debug, Default)]
struct Endpoint {
    own_short: BTreeMap<String, u32>,
    outside_callers: BTreeSet<String>,
    /// Called by its own name, by Dial or by a queue.
    dialled: u32,
    dialled_through: u32,
    /// Called others through a trunk.
    calls_out: u32,
    /// Contexts in which its calls began.
    contexts: BTreeMap<String, u32>,
}

/// Gathers evidence.
#[derive(Debug, Default)]
pub struct Guess {
    endpoints: BTreeMap<String, Endpoint>,
    countries: HashMap<String, u32>,
    numbers: u32,
    prefixes: HashMap<char, u32>,
    /// Local time as if it were UTC, and the second in which the channel was made.
    moments: Vec<(Micros, Micros)>,
    moments_seen: usize,
    every: usize,
    names: Vec<String>,
}

impl Guess {
    /// A record, its times read as if in UTC.
    pub fn see(&mut self, record: &Record) {
        match record {
            Record::Cel(cel) => {
                if cel.app == "Dial" {
                    self.see_dial(&cel.channel, &cel.app_data);
                }
                if cel.app == "AppQueue" {
                    self.see_member(&cel.channel);
                }
                if cel.kind == "CHAN_START" {
                    let dialled_leg = matches!(cel.exten.as_str(), "s" | "");
                    self.see_channel(&cel.channel, &cel.number, dialled_leg, &cel.context, &cel.exten);
                }
            }
            Record::Cdr(cdr) => {
                if cdr.app == "Dial" {
                    self.see_dial(&cdr.channel, &cdr.app_data);
                }
                if cdr.app == "Queue" {
                    self.see_member(&cdr.far_channel);
                }
                self.see_channel(&cdr.channel, &cdr.source, false, "", &cdr.destination);
                if cdr.whole_seconds
                    && let Some(born) = epoch_of(&cdr.unique_id)
                {
                    self.see_moment(cdr.start, born);
                }
            }
            Record::Queue(_) => {}
        }
    }

    /// Keeps moments evenly spread over all that were seen.
    fn see_moment(&mut self, civil: Micros, born: Micros) {
        self.moments_seen += 1;
        if !self.moments_seen.is_multiple_of(self.every.max(1)) {
            return;
        }
        self.moments.push((civil, born));
        if self.moments.len() >= MOMENTS {
            let mut index = 0;
            self.moments.retain(|_| {
                index += 1;
                index % 2 == 0
            });
            self.every = self.every.max(1) * 2;
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

    fn see_member(&mut self, channel: &str) {
        if let Some(endpoint) = self.endpoint(channel).filter(|_| !channel.is_empty()) {
            endpoint.dialled += 1;
        }
    }

    fn see_dial(&mut self, caller: &str, argument: &str) {
        for target in dial_targets(argument) {
            if target.technology.eq_ignore_ascii_case("local") {
                continue;
            }
            let entry = self.endpoints.entry(format!("{}/{}", target.technology, target.endpoint)).or_default();
            match target.number {
                Some(number) if number != target.endpoint => {
                    entry.dialled_through += 1;
                    self.see_number(number);
                    if let Some(caller) = self.endpoint(caller) {
                        caller.calls_out += 1;
                    }
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
        if !dialled_leg && !context.is_empty() && (endpoint.contexts.len() < KEPT || endpoint.contexts.contains_key(context)) {
            *endpoint.contexts.entry(context.to_owned()).or_default() += 1;
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

    /// Numbers are dialled through it; or several outside numbers call by it, and it never does what a telephone does.
    fn is_trunk(full: &str, endpoint: &Endpoint) -> bool {
        let several = endpoint.outside_callers.len() > 1 && endpoint.dialled == 0 && endpoint.calls_out == 0;
        endpoint.dialled_through > 0 || several && !is_short(name_of(full))
    }

    /// The extension behind an endpoint whose name is not its number.
    fn named_extension(full: &str, endpoint: &Endpoint) -> Option<String> {
        let name = name_of(full);
        if is_short(name) || Self::is_trunk(full, endpoint) {
            return None;
        }
        let own = endpoint.own_short.iter().max_by_key(|(_, count)| **count).map(|(number, _)| number.clone());
        let is_telephone = endpoint.dialled > 0 || endpoint.calls_out > 0;
        own.filter(|_| is_telephone || endpoint.outside_callers.is_empty()).or_else(|| is_telephone.then(|| name.to_owned()))
    }

    /// Whether calls of this endpoint come from inside; none if nothing tells.
    fn is_ours(full: &str, endpoint: &Endpoint) -> bool {
        !Self::is_trunk(full, endpoint) && (is_short(name_of(full)) || Self::named_extension(full, endpoint).is_some())
    }

    /// Settings that an import uses by itself: they name what was seen and exclude nothing that was not.
    pub fn settings(&self, company_zone: &str, company_country: Option<&str>) -> Settings {
        let mut settings = Settings::default();
        for (full, endpoint) in &self.endpoints {
            if Self::is_trunk(full, endpoint) {
                settings.trunks.push(full.clone());
            } else if let Some(number) = Self::named_extension(full, endpoint) {
                settings.names.insert(full.clone(), number);
            }
        }
        settings.country_code = company_country.map(str::to_owned).or_else(|| self.country());
        settings.national_prefix = settings.country_code.as_deref().and_then(usual_prefix).map(str::to_owned);
        settings.zone = Some(self.zone(company_zone, settings.country_code.as_deref()));
        settings.zone_is_guessed = true;
        settings.recording_name = self.pattern();
        settings
    }

    /// The same with the extensions and contexts that were seen, for a person to correct. Listing extensions says that
    /// nothing else is one.
    pub fn preview(&self, company_zone: &str, company_country: Option<&str>) -> Settings {
        let mut settings = self.settings(company_zone, company_country);
        let mut lengths: BTreeMap<usize, u32> = BTreeMap::new();
        for (full, endpoint) in &self.endpoints {
            let name = name_of(full);
            if is_short(name) && !Self::is_trunk(full, endpoint) {
                *lengths.entry(name.len()).or_default() += 1;
            }
        }
        settings.extensions = lengths.keys().map(|length| format!("/^\\d{{{length}}}$/")).collect();
        let mut contexts: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
        for (full, endpoint) in &self.endpoints {
            for (context, times) in &endpoint.contexts {
                let counts = contexts.entry(context).or_default();
                if Self::is_ours(full, endpoint) { counts.0 += times } else { counts.1 += times }
            }
        }
        let of = |ours: bool| {
            contexts.iter().filter(|(_, counts)| (counts.0 >= counts.1) == ours).map(|(name, _)| (*name).to_owned()).collect()
        };
        (settings.incoming_contexts, settings.extension_contexts) = (of(false), of(true));
        settings
    }

    fn country(&self) -> Option<String> {
        let (code, count) = self.countries.iter().max_by(|a, b| (a.1, b.0).cmp(&(b.1, a.0)))?;
        (*count >= 2 && *count * 10 >= self.numbers * 6).then(|| code.clone())
    }

    /// The zone in which `Master.csv` agrees with the seconds in its uniqueids: UTC, the company's, the country's, or a
    /// fixed offset.
    fn zone(&self, company_zone: &str, country: Option<&str>) -> String {
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
        let mut prefer = |name: &str, or_equal: bool| {
            let count = parse_zone(name).map_or(0, |zone| agree(&zone));
            if count > best.1 || or_equal && count == best.1 {
                best = (name.to_owned(), count);
            }
        };
        prefer(company_zone, true);
        country.and_then(zone_of).into_iter().for_each(|name| prefer(name, false));
        let offsets = self.offsets();
        for offset in offsets.iter().take(2) {
            let sign = if *offset < 0 { '-' } else { '+' };
            prefer(&format!("{sign}{:02}:{:02}", offset.abs() / 3600, offset.abs() / 60 % 60), false);
        }
        if offsets.len() > 1 {
            // Summer and winter are both there: a zone that changes its clock when they do.
            ["48", "44", "380"].into_iter().filter_map(zone_of).for_each(|name| prefer(name, false));
            let every: Vec<String> = jiff::tz::db().available().map(|name| name.as_str().to_owned()).collect();
            every.iter().filter(|name| name.contains('/')).for_each(|name| prefer(name, false));
        }
        best.0
    }

    /// Distances of local times from UTC in seconds, the most frequent first.
    fn offsets(&self) -> Vec<i64> {
        let mut offsets: BTreeMap<i64, usize> = BTreeMap::new();
        for (civil, born) in &self.moments {
            let seconds = (civil - born).div_euclid(1_000_000);
            let quarter = (seconds + 450).div_euclid(900) * 900;
            if (seconds - quarter).abs() <= 5 && quarter.abs() <= 14 * 3600 {
                *offsets.entry(quarter).or_default() += 1;
            }
        }
        let mut offsets: Vec<(i64, usize)> = offsets.into_iter().collect();
        offsets.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        offsets.into_iter().map(|(offset, _)| offset).collect()
    }

    fn pattern(&self) -> Option<String> {
        let fits = |pattern: &&&str| {
            NamePattern::new(pattern, TimeZone::UTC)
                .map_or(0, |compiled| self.names.iter().filter(|name| compiled.fits(name)).count())
        };
        KNOWN_PATTERNS.iter().rev().max_by_key(fits).filter(|pattern| fits(pattern) > 0).map(|pattern| (*pattern).to_owned())
    }
}

fn name_of(full: &str) -> &str {
    full.split_once('/').map_or(full, |(_, name)| name)
}

/// The clock of countries that have one.
fn zone_of(code: &str) -> Option<&'static str> {
    Some(match code {
        "48" => "Europe/Warsaw",
        "420" => "Europe/Prague",
        "421" => "Europe/Bratislava",
        "49" => "Europe/Berlin",
        "43" => "Europe/Vienna",
        "41" => "Europe/Zurich",
        "31" => "Europe/Amsterdam",
        "32" => "Europe/Brussels",
        "33" => "Europe/Paris",
        "34" => "Europe/Madrid",
        "36" => "Europe/Budapest",
        "39" => "Europe/Rome",
        "40" => "Europe/Bucharest",
        "44" => "Europe/London",
        "45" => "Europe/Copenhagen",
        "46" => "Europe/Stockholm",
        "47" => "Europe/Oslo",
        "370" => "Europe/Vilnius",
        "371" => "Europe/Riga",
        "372" => "Europe/Tallinn",
        "380" => "Europe/Kyiv",
        _ => return None,
    })
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
