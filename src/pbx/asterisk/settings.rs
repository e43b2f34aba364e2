//! The `[asterisk]` table: which channels are ours, which lead outside, how numbers and times are written.

use jiff::tz::TimeZone;
use regex::Regex;
use serde::{Deserialize, Serialize};

use super::channel::ChannelName;
use crate::domain::number::NumberPlan;

/// Settings as they stand in a file. What is left out is told from each call's own records.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Endpoints that are extensions: `101..199`, `6*`, `101`, or a regular expression between slashes (`/^sip(\d+)$/`,
    /// whose first group is the extension). Compared with the endpoint's name and with `TECH/name`.
    pub extensions: Vec<String>,
    /// Endpoints that lead outside, written the same way.
    pub trunks: Vec<String>,
    /// Contexts in which calls from outside begin.
    pub incoming_contexts: Vec<String>,
    /// Contexts in which calls of extensions begin.
    pub extension_contexts: Vec<String>,
    /// Extension of endpoints whose name is not its number: `"PJSIP/anna" = "101"`.
    pub names: std::collections::BTreeMap<String, String>,
    /// Digits, such as `48`.
    pub country_code: Option<String>,
    /// Dialled before national numbers.
    pub national_prefix: Option<String>,
    /// Dialled before foreign numbers.
    pub international_prefix: Option<String>,
    /// IANA zone or offset (`+03:00`) of the times in `Master.csv` and in recordings' names that do not say.
    pub zone: Option<String>,
    /// Nobody gave the zone: where a channel's id shows another hour, the id is believed.
    #[serde(skip)]
    pub zone_is_guessed: bool,
    /// Such as `{start}_{ext}_{lane}_{why}_{leg}_{linkedid}`.
    pub recording_name: Option<String>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct File {
    asterisk: Settings,
}

/// What a setting cannot be read as.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SettingsError(pub String);

impl Settings {
    /// Reads a settings file.
    ///
    /// # Errors
    /// Names key and line.
    pub fn from_toml(text: &str) -> Result<Self, SettingsError> {
        let file: File = toml::from_str(text).map_err(|error| SettingsError(error.to_string().trim_end().to_owned()))?;
        file.asterisk.compile()?;
        Ok(file.asterisk)
    }

    /// The file that [`Self::from_toml`] reads.
    pub fn to_toml(&self) -> String {
        toml::to_string(&File { asterisk: self.clone() }).unwrap_or_default()
    }

    /// Checks every pattern once.
    ///
    /// # Errors
    /// Names the setting and what is wrong with it.
    pub fn compile(&self) -> Result<Rules, SettingsError> {
        let patterns = |key: &str, texts: &[String]| {
            texts
                .iter()
                .map(|text| Pattern::parse(text).map_err(|why| SettingsError(format!("{key}: \"{text}\" {why}"))))
                .collect::<Result<Vec<_>, _>>()
        };
        Ok(Rules {
            extensions: patterns("extensions", &self.extensions)?,
            trunks: patterns("trunks", &self.trunks)?,
            incoming_contexts: self.incoming_contexts.clone(),
            extension_contexts: self.extension_contexts.clone(),
            names: self.names.clone(),
            plan: NumberPlan {
                country_code: self.country_code.clone().filter(|code| !code.is_empty()),
                national_prefix: self.national_prefix.clone().filter(|prefix| !prefix.is_empty()),
                international_prefix: self.international_prefix.clone(),
            },
            zone: match &self.zone {
                Some(zone) => parse_zone(zone).map_err(|why| SettingsError(format!("zone: {why}")))?,
                None => TimeZone::UTC,
            },
            zone_is_guessed: self.zone_is_guessed,
        })
    }
}

/// An IANA zone or a fixed offset such as `+03:00`.
///
/// # Errors
/// Says that there is no such zone.
pub fn parse_zone(text: &str) -> Result<TimeZone, String> {
    if let Some((sign, rest)) =
        text.strip_prefix('+').map(|rest| (1, rest)).or_else(|| text.strip_prefix('-').map(|rest| (-1, rest)))
    {
        let (hours, minutes) = rest.split_once(':').unwrap_or((rest, "0"));
        let seconds = hours.parse::<i32>().ok().zip(minutes.parse::<i32>().ok()).map(|(h, m)| sign * (h * 3600 + m * 60));
        return seconds
            .and_then(|seconds| jiff::tz::Offset::from_seconds(seconds).ok())
            .map(TimeZone::fixed)
            .ok_or_else(|| format!("\"{text}\" is no offset; write it as +03:00"));
    }
    TimeZone::get(text).map_err(|_| format!("there is no zone \"{text}\"; write it as Europe/Warsaw or +01:00"))
}

/// Compiled settings, as the fold uses them.
#[derive(Clone, Debug)]
pub struct Rules {
    extensions: Vec<Pattern>,
    trunks: Vec<Pattern>,
    pub incoming_contexts: Vec<String>,
    pub extension_contexts: Vec<String>,
    names: std::collections::BTreeMap<String, String>,
    pub plan: NumberPlan,
    pub zone: TimeZone,
    pub zone_is_guessed: bool,
}

/// What the settings say of an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Side {
    Extension(String),
    Outside,
    Unknown,
}

impl Rules {
    /// Whether an endpoint is ours by name alone.
    pub fn side(&self, channel: &ChannelName<'_>) -> Side {
        let full = format!("{}/{}", channel.technology, channel.endpoint);
        if let Some(number) = self.names.get(&full).or_else(|| self.names.get(channel.endpoint)) {
            return Side::Extension(number.clone());
        }
        let find = |patterns: &[Pattern]| {
            patterns.iter().find_map(|pattern| pattern.matches(channel.endpoint).or_else(|| pattern.matches(&full)))
        };
        if find(&self.trunks).is_some() {
            return Side::Outside;
        }
        match find(&self.extensions) {
            Some(matched) if matched == full => Side::Extension(channel.endpoint.to_owned()),
            Some(matched) => Side::Extension(matched),
            None if self.extensions.is_empty() => Side::Unknown,
            // Whoever lists the extensions has said that the rest are none.
            None => Side::Outside,
        }
    }

    /// Whether settings list the extensions, so that a dialled number can be told to be one.
    pub fn is_extension_number(&self, number: &str) -> bool {
        self.extensions.iter().any(|pattern| pattern.matches(number).is_some()) || self.names.values().any(|name| name == number)
    }

    pub fn lists_extensions(&self) -> bool {
        !self.extensions.is_empty()
    }
}

#[derive(Clone, Debug)]
enum Pattern {
    Range(u64, u64, usize),
    Prefix(String),
    Exact(String),
    Regex(Regex),
}

impl Pattern {
    fn parse(text: &str) -> Result<Self, String> {
        if let Some(regex) = text.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')) {
            return Regex::new(regex).map(Self::Regex).map_err(|error| format!("is no regular expression: {error}"));
        }
        if let Some((from, to)) = text.split_once("..") {
            let (first, last) = (from.trim().parse::<u64>(), to.trim().parse::<u64>());
            return match (first, last) {
                (Ok(first), Ok(last)) if first <= last => Ok(Self::Range(first, last, from.trim().len())),
                _ => Err("is no range; write it as 101..199".to_owned()),
            };
        }
        if text.starts_with('^') || text.contains(['\\', '[', '(']) {
            return Regex::new(text).map(Self::Regex).map_err(|error| format!("is no regular expression: {error}"));
        }
        match text.strip_suffix('*') {
            Some(prefix) => Ok(Self::Prefix(prefix.to_owned())),
            None if text.is_empty() => Err("is empty".to_owned()),
            None => Ok(Self::Exact(text.to_owned())),
        }
    }

    /// The extension's number, if the name fits.
    fn matches(&self, name: &str) -> Option<String> {
        match self {
            Self::Range(first, last, width) => {
                let fits = name.bytes().all(|byte| byte.is_ascii_digit())
                    && (name.len() == *width || !name.starts_with('0'))
                    && name.parse::<u64>().is_ok_and(|number| (*first..=*last).contains(&number));
                fits.then(|| name.to_owned())
            }
            Self::Prefix(prefix) => name.starts_with(prefix.as_str()).then(|| name.to_owned()),
            Self::Exact(exact) => (name == exact).then(|| name.to_owned()),
            Self::Regex(regex) => {
                let captures = regex.captures(name)?;
                captures.get(1).or_else(|| captures.get(0)).map(|part| part.as_str().to_owned())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_by_range_prefix_expression_and_name() {
        let settings = Settings::from_toml(
            "[asterisk]\nextensions = [\"101..199\", \"6*\", \"/^sip(\\\\d+)$/\"]\ntrunks = [\"provider\"]\n[asterisk.names]\n\"PJSIP/anna\" = \"301\"\n",
        )
        .expect("settings");
        let rules = settings.compile().expect("rules");
        for (channel, side) in [
            ("PJSIP/101-00000001", Side::Extension("101".into())),
            ("SIP/601-00000001", Side::Extension("601".into())),
            ("SIP/sip777-00000001", Side::Extension("777".into())),
            ("PJSIP/anna-00000001", Side::Extension("301".into())),
            ("PJSIP/provider-00000001", Side::Outside),
            ("PJSIP/201-00000001", Side::Outside),
        ] {
            assert_eq!(rules.side(&ChannelName::parse(channel)), side, "{channel}");
        }
        assert_eq!(Settings::from_toml(&settings.to_toml()).expect("again"), settings);
    }

    #[test]
    fn wrong_settings_say_what_is_wrong() {
        assert!(Settings::from_toml("[asterisk]\nextension = []\n").expect_err("unknown key").0.contains("extension"));
        assert!(Settings::from_toml("[asterisk]\nextensions = [\"9..1\"]\n").expect_err("range").0.contains("9..1"));
        assert!(Settings::from_toml("[asterisk]\nzone = \"Mars\"\n").expect_err("zone").0.contains("Mars"));
    }
}
