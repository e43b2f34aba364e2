//! Channel names: `TECH/endpoint-0000002a`, `Local/exten@context-0000002a;1`, `DAHDI/i1/79161234567-3`.

/// A channel's name taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChannelName<'a> {
    pub technology: &'a str,
    /// Without the counter at the end; may hold dashes itself.
    pub endpoint: &'a str,
    /// 1 or 2 for the ends of a Local pair.
    pub half: Option<u8>,
}

/// Channels without a telephone at their end.
const INTERNAL: [&str; 16] = [
    "",
    "local",
    "message",
    "surrogate",
    "recorder",
    "announcer",
    "mulaw",
    "snoop",
    "unicastrtp",
    "multicastrtp",
    "bridge",
    "confbridgerecorder",
    "cbann",
    "cbrec",
    "parked",
    "originate",
];

impl<'a> ChannelName<'a> {
    pub fn parse(name: &'a str) -> Self {
        // A masqueraded or dying channel is the same one under another name.
        let name = name.split(['<']).next().unwrap_or(name);
        let name = name.strip_prefix("AsyncGoto/").or_else(|| name.strip_prefix("Transfered/")).unwrap_or(name);
        let (technology, rest) = name.split_once('/').unwrap_or(("", name));
        let (rest, half) = match rest.rsplit_once(';') {
            Some((rest, "1")) => (rest, Some(1)),
            Some((rest, "2")) => (rest, Some(2)),
            _ => (rest, None),
        };
        let endpoint = match rest.rsplit_once('-') {
            Some((endpoint, counter)) if !counter.is_empty() && counter.bytes().all(|byte| byte.is_ascii_hexdigit()) => endpoint,
            _ => rest,
        };
        Self { technology, endpoint, half }
    }

    /// Local and similar channels carry sound inside the exchange and are no telephone.
    pub fn is_internal(&self) -> bool {
        INTERNAL.iter().any(|technology| self.technology.eq_ignore_ascii_case(technology))
    }

    /// Names both ends of a Local pair.
    pub fn pair(name: &'a str) -> Option<&'a str> {
        name.strip_suffix(";1").or_else(|| name.strip_suffix(";2"))
    }

    /// The number dialled on a Local channel: `202` of `Local/202@from-phones-0000;1`.
    pub fn local_number(&self) -> Option<&'a str> {
        self.technology.eq_ignore_ascii_case("local").then(|| self.endpoint.split('@').next().unwrap_or(self.endpoint))
    }
}

/// The first destination of Dial's argument, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DialTarget<'a> {
    pub technology: &'a str,
    pub endpoint: &'a str,
    /// The number sent to a trunk: `PJSIP/NUMBER@trunk`, `SIP/trunk/NUMBER`.
    pub number: Option<&'a str>,
}

/// All destinations of Dial's argument (`PJSIP/101&PJSIP/102,20,t`).
pub fn dial_targets(argument: &str) -> Vec<DialTarget<'_>> {
    argument.split([',', '|']).next().unwrap_or_default().split('&').filter_map(dial_target).collect()
}

fn dial_target(text: &str) -> Option<DialTarget<'_>> {
    let (technology, rest) = text.trim().split_once('/')?;
    if technology.eq_ignore_ascii_case("local") {
        return Some(DialTarget { technology, endpoint: rest, number: rest.split('@').next() });
    }
    if let Some((endpoint, _)) = rest.split_once("/sip:") {
        return Some(DialTarget { technology, endpoint, number: None });
    }
    if let Some((number, endpoint)) = rest.split_once('@') {
        return Some(DialTarget { technology, endpoint, number: Some(number.strip_prefix("sip:").unwrap_or(number)) });
    }
    match rest.split_once('/') {
        Some((endpoint, number)) => Some(DialTarget { technology, endpoint, number: Some(number) }),
        None => Some(DialTarget { technology, endpoint: rest, number: None }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_many_technologies() {
        for (name, technology, endpoint, half) in [
            ("PJSIP/101-0000001f", "PJSIP", "101", None),
            ("SIP/my-trunk-east-0000001f", "SIP", "my-trunk-east", None),
            ("IAX2/office-4711", "IAX2", "office", None),
            ("DAHDI/i1/79161234567-3", "DAHDI", "i1/79161234567", None),
            ("DAHDI/4-1", "DAHDI", "4", None),
            ("Local/202@from-phones-00000000;1", "Local", "202@from-phones", Some(1)),
            ("Local/202@from-phones-00000000;2", "Local", "202@from-phones", Some(2)),
            ("PJSIP/anna", "PJSIP", "anna", None),
            ("PJSIP/101-00000012<ZOMBIE>", "PJSIP", "101", None),
        ] {
            let parsed = ChannelName::parse(name);
            assert_eq!((parsed.technology, parsed.endpoint, parsed.half), (technology, endpoint, half), "{name}");
        }
    }

    #[test]
    fn targets_of_dial() {
        let targets = dial_targets("PJSIP/79160000001@trunk,40,TK");
        assert_eq!(targets, [DialTarget { technology: "PJSIP", endpoint: "trunk", number: Some("79160000001") }]);
        assert_eq!(dial_targets("SIP/101&SIP/102,20").len(), 2);
        assert_eq!(dial_targets("SIP/provider/0601234567")[0].number, Some("0601234567"));
        assert_eq!(dial_targets("PJSIP/101/sip:101@10.0.0.5:5060,20")[0].number, None);
    }
}
