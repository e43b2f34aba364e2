//! Where a PulseAudio server may be: the syntax of `PULSE_SERVER`.

use std::{fmt, path::PathBuf};

/// Port of PulseAudio's TCP module.
const PORT: u16 = 4713;

/// One place to try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::playback) enum Address {
    Unix(PathBuf),
    Tcp { host: String, port: u16, family: Family },
}

/// Which kind of internet address is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::playback) enum Family {
    Any,
    V4,
    V6,
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(formatter, "{}", path.display()),
            Self::Tcp { host, port, .. } => write!(formatter, "tcp:{host}:{port}"),
        }
    }
}

/// Parts a list by blanks: `{machine-id}` before an item limits it to that machine, then `unix:/path`, `/path`,
/// `tcp:host[:port]`, `tcp4:`, `tcp6:` or a bare host. Items that cannot be meant for us become the reason why.
pub(in crate::playback) fn parse(list: &str, machine_id: Option<&str>) -> Vec<Result<Address, String>> {
    list.split_whitespace().map(|item| parse_item(item, machine_id)).collect()
}

fn parse_item(item: &str, machine_id: Option<&str>) -> Result<Address, String> {
    let mut rest = item;
    if let Some((machine, behind)) = item.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
        if Some(machine) != machine_id {
            return Err(format!("{item}: for another machine"));
        }
        rest = behind;
    }
    if let Some(path) = rest.strip_prefix("unix:") {
        return Ok(Address::Unix(PathBuf::from(path)));
    }
    if rest.starts_with('/') {
        return Ok(Address::Unix(PathBuf::from(rest)));
    }
    let (family, place) = if let Some(place) = rest.strip_prefix("tcp4:") {
        (Family::V4, place)
    } else if let Some(place) = rest.strip_prefix("tcp6:") {
        (Family::V6, place)
    } else {
        (Family::Any, rest.strip_prefix("tcp:").unwrap_or(rest))
    };
    let (host, port) = split_port(place).ok_or_else(|| format!("{item}: no address of a sound server"))?;
    Ok(Address::Tcp { host: host.to_owned(), port, family })
}

fn split_port(place: &str) -> Option<(&str, u16)> {
    let (host, port) = if let Some(inner) = place.strip_prefix('[') {
        let (host, behind) = inner.split_once(']')?;
        (host, behind.strip_prefix(':'))
    } else if place.matches(':').count() > 1 {
        (place, None)
    } else {
        place.split_once(':').map_or((place, None), |(host, port)| (host, Some(port)))
    };
    let port = port.map_or(Some(PORT), |port| port.parse().ok())?;
    (!host.is_empty()).then_some((host, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_that_libpulse_knows() {
        let tcp = |host: &str, port, family| Ok(Address::Tcp { host: host.to_owned(), port, family });
        let unix = |path: &str| Ok(Address::Unix(PathBuf::from(path)));
        let found = parse(
            "{0af}unix:/a {bb}tcp:h /b tcp:h tcp:h:99 tcp4:1.2.3.4 tcp6:[::1]:5 tcp6:fe80::1 desk tcp:h:x tcp:",
            Some("0af"),
        );
        assert_eq!(
            found,
            [
                unix("/a"),
                Err("{bb}tcp:h: for another machine".to_owned()),
                unix("/b"),
                tcp("h", 4713, Family::Any),
                tcp("h", 99, Family::Any),
                tcp("1.2.3.4", 4713, Family::V4),
                tcp("::1", 5, Family::V6),
                tcp("fe80::1", 4713, Family::V6),
                tcp("desk", 4713, Family::Any),
                Err("tcp:h:x: no address of a sound server".to_owned()),
                Err("tcp:: no address of a sound server".to_owned()),
            ]
        );
    }
}
