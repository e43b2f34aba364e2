//! Telephone numbers that belong to nobody.
//!
//! Britain reserves ranges for drama (Ofcom, "Telephone numbers for use in TV and radio drama programmes"). Poland and Slovakia
//! do not, so theirs begin with area codes that the national plans leave unassigned.

use fastrand::Rng;

use super::{
    chance::{Purpose, stream, weighted, zipf},
    names::{self, Land},
};
use crate::domain::call::Number;

/// Unassigned in the Polish plan; seven digits follow.
const POLISH_CODES: [&str; 8] = ["27", "28", "40", "49", "64", "92", "93", "96"];
/// Unassigned in the Slovak plan; seven digits follow.
const SLOVAK_CODES: [&str; 3] = ["39", "49", "59"];
/// Ofcom's ranges for drama; three digits follow.
const BRITISH_RANGES: [&str; 14] = [
    "1134960", "1144960", "1154960", "1164960", "1174960", "1184960", "1214960", "1314960", "1414960", "1514960", "1614960",
    "1632960", "2079460", "7700900",
];

/// The company's own numbers: `+48 22 555` and four digits, the last of which are the extension.
const OWN: &str = "+4822555";

/// One outside party: its rank among the regular ones, or a number that is met once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    /// Low ranks speak with us often.
    Regular(u64),
    Stranger(u64),
}

/// How many regular parties a history of so many calls has: with the strangers about 2.1 million numbers in ten million calls.
pub fn regulars(calls: u64) -> u64 {
    (calls * 8 / 100).max(40)
}

/// Draws the party of one call: one in seven was never met and never will be again.
pub fn draw(rng: &mut Rng, regulars: u64, index: u64) -> Party {
    if rng.u32(0..100) < 15 { Party::Stranger(index) } else { Party::Regular(zipf(rng, regulars)) }
}

/// The number of a party, and the land it lies in.
pub fn number(seed: u64, party: Party) -> (String, Land) {
    let mut rng = match party {
        Party::Regular(rank) => stream(seed, Purpose::Number, rank << 1),
        Party::Stranger(index) => stream(seed, Purpose::Number, index << 1 | 1),
    };
    let land = [Land::Poland, Land::Slovakia, Land::Britain][weighted(&mut rng, &[80, 14, 6])];
    let digits = |rng: &mut Rng, count: u32| rng.u32(0..10u32.pow(count));
    let text = match land {
        Land::Poland => format!("+48{}{:07}", POLISH_CODES[rng.usize(0..8)], digits(&mut rng, 7)),
        Land::Slovakia => format!("+421{}{:07}", SLOVAK_CODES[rng.usize(0..3)], digits(&mut rng, 7)),
        Land::Britain => format!("+44{}{:03}", BRITISH_RANGES[rng.usize(0..14)], digits(&mut rng, 3)),
    };
    (text, land)
}

/// The name of a regular party.
pub fn customer_name(seed: u64, rank: u64) -> String {
    let (_, land) = number(seed, Party::Regular(rank));
    names::customer(&mut stream(seed, Purpose::Customer, rank), land)
}

/// An outside number; as received it has no plus.
pub fn outside(canonical: String) -> Number {
    Number { raw: canonical.trim_start_matches('+').to_owned(), canonical }
}

/// An extension stands for itself.
pub fn inside(extension: &str) -> Number {
    Number { raw: extension.to_owned(), canonical: extension.to_owned() }
}

/// The company's number that everybody knows.
pub fn main_number() -> Number {
    outside(format!("{OWN}0100"))
}

/// The number under which an extension is dialled from outside.
pub fn direct_number(extension: &str) -> Number {
    outside(format!("{OWN}{extension:0>4}"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn numbers_are_e164_and_belong_to_nobody() {
        for index in 0..2_000 {
            let (text, land) = number(1, Party::Stranger(index));
            assert!(text.starts_with('+') && text[1..].bytes().all(|byte| byte.is_ascii_digit()), "{text}");
            assert_eq!(text.len(), if land == Land::Slovakia { 13 } else { 12 } + usize::from(land == Land::Britain), "{text}");
        }
    }

    #[test]
    fn a_fifth_of_the_calls_brings_a_new_number() {
        let calls = 50_000;
        let distinct: BTreeSet<String> =
            (0..calls).map(|index| number(1, draw(&mut stream(1, Purpose::Call, index), regulars(calls), index)).0).collect();
        assert!((8_500..12_500).contains(&distinct.len()), "{}", distinct.len());
    }
}
