//! Which channels of a call are our extensions and which lead outside: settings first, then the call's own records.

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
};

use crate::pbx::asterisk::{
    channel::{ChannelName, dial_targets},
    record::Record,
    settings::{Rules, Side},
};

/// What a channel is to the company.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Party {
    Extension(String),
    Outside,
    /// A Local channel or another that carries sound inside the exchange only.
    Inside,
}

impl Party {
    pub fn extension(&self) -> Option<&str> {
        match self {
            Self::Extension(number) => Some(number),
            _ => None,
        }
    }
}

/// Digits that an extension may have when nobody said otherwise.
pub fn is_short(number: &str) -> bool {
    (2..=6).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// Tells channels apart by name, for one call.
pub struct Parties<'a> {
    rules: &'a Rules,
    /// Endpoints that a number was dialled through.
    trunks: HashSet<String>,
    evidence: HashMap<String, Party>,
    /// What was asked before; a call has few channels and each is asked for often.
    told: RefCell<Vec<(String, Party)>>,
}

/// So many channels of a call are remembered.
const TOLD: usize = 12;

impl<'a> Parties<'a> {
    /// Gathers what the call's records say of endpoints that settings do not name.
    pub fn new(records: &[Record], rules: &'a Rules) -> Self {
        let mut trunks = HashSet::new();
        let mut evidence = HashMap::new();
        for record in records {
            let argument = match record {
                Record::Cel(cel) if cel.app == "Dial" => &cel.app_data,
                Record::Cdr(cdr) if cdr.app == "Dial" => &cdr.app_data,
                _ => continue,
            };
            for target in dial_targets(argument) {
                let leads_outside = target.number.is_some_and(|number| number != target.endpoint);
                if leads_outside && !target.technology.eq_ignore_ascii_case("local") {
                    trunks.insert(format!("{}/{}", target.technology, target.endpoint));
                }
            }
        }
        for record in records {
            let Record::Cel(cel) = record else { continue };
            if cel.kind != "CHAN_START" {
                continue;
            }
            let name = ChannelName::parse(&cel.channel);
            let party = if rules.incoming_contexts.contains(&cel.context) && !cel.exten.is_empty() && cel.exten != "s" {
                Party::Outside
            } else if is_short(&cel.number) {
                Party::Extension(cel.number.clone())
            } else if rules.extension_contexts.contains(&cel.context) && !cel.number.is_empty() {
                Party::Extension(name.endpoint.to_owned())
            } else {
                Party::Outside
            };
            evidence.entry(format!("{}/{}", name.technology, name.endpoint)).or_insert(party);
        }
        for record in records {
            let Record::Cdr(cdr) = record else { continue };
            // A call record of a named endpoint that shows a short number of its own: `PJSIP/anna`, src 101.
            if is_short(&cdr.source) {
                let name = ChannelName::parse(&cdr.channel);
                evidence
                    .entry(format!("{}/{}", name.technology, name.endpoint))
                    .or_insert_with(|| Party::Extension(cdr.source.clone()));
            }
        }
        Self { rules, trunks, evidence, told: RefCell::default() }
    }

    /// What a channel is.
    pub fn of(&self, channel: &str) -> Party {
        if let Some((_, party)) = self.told.borrow().iter().find(|(name, _)| name == channel) {
            return party.clone();
        }
        let party = self.tell(channel);
        let mut told = self.told.borrow_mut();
        if told.len() < TOLD {
            told.push((channel.to_owned(), party.clone()));
        }
        party
    }

    fn tell(&self, channel: &str) -> Party {
        let name = ChannelName::parse(channel);
        if name.is_internal() {
            return Party::Inside;
        }
        match self.rules.side(&name) {
            Side::Extension(number) => return Party::Extension(number),
            Side::Outside => return Party::Outside,
            Side::Unknown => {}
        }
        let full = format!("{}/{}", name.technology, name.endpoint);
        if self.trunks.contains(&full) {
            return Party::Outside;
        }
        let lines =
            ["DAHDI", "ZAP", "MISDN", "KHOMP", "DONGLE", "CAPI"].iter().any(|line| name.technology.eq_ignore_ascii_case(line));
        if is_short(name.endpoint) && !lines {
            return Party::Extension(name.endpoint.to_owned());
        }
        self.evidence.get(&full).cloned().unwrap_or(Party::Outside)
    }

    /// Whether a dialled number is one of our extensions, as far as settings and this call tell.
    pub fn is_extension(&self, number: &str) -> bool {
        if self.rules.lists_extensions() { self.rules.is_extension_number(number) } else { is_short(number) }
    }

    pub const fn rules(&self) -> &Rules {
        self.rules
    }
}
