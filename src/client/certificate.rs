//! The little that must be known of a certificate whose key is pinned: when it ends (RFC 5280 4.1.2.5).

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// The last moment of a certificate in DER; none for what is no certificate.
pub(super) fn ends(certificate: &[u8]) -> Option<Timestamp> {
    let (_, whole, _) = element(certificate).filter(|(tag, ..)| *tag == SEQUENCE)?;
    let (_, mut rest, _) = element(whole).filter(|(tag, ..)| *tag == SEQUENCE)?;
    // Version (explicit, may be missing), serial number, signature, issuer; then validity.
    if rest.first() == Some(&VERSION) {
        rest = element(rest)?.2;
    }
    for _ in 0..3 {
        rest = element(rest)?.2;
    }
    let (_, validity, _) = element(rest).filter(|(tag, ..)| *tag == SEQUENCE)?;
    let (tag, text, _) = element(element(validity)?.2)?;
    let text = std::str::from_utf8(text).ok()?.strip_suffix('Z')?;
    let full = match tag {
        GENERALIZED_TIME => text.to_owned(),
        // Two digits of the year: 50 to 99 are of the last century.
        UTC_TIME => format!("{}{text}", if text.get(..2)?.parse::<u8>().ok()? < 50 { "20" } else { "19" }),
        _ => return None,
    };
    DateTime::strptime("%Y%m%d%H%M%S", full).ok()?.to_zoned(TimeZone::UTC).ok().map(|ends| ends.timestamp())
}

/// Tag, contents, and what follows.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = der.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match usize::from(*first) {
        short @ 0..0x80 => (short, rest),
        long => {
            let (digits, rest) = rest.split_at_checked(long - 0x80).filter(|(digits, _)| (1..=4).contains(&digits.len()))?;
            (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), rest)
        }
    };
    let (contents, rest) = rest.split_at_checked(length)?;
    Some((*tag, contents, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_read_in_either_form_of_time() {
        for (year, wanted) in [(2031, "2031-05-06T00:00:00Z"), (2077, "2077-05-06T00:00:00Z"), (1999, "1999-05-06T00:00:00Z")] {
            let key = rcgen::KeyPair::generate().expect("key");
            let mut parameters = rcgen::CertificateParams::new(vec!["a.example".to_owned()]).expect("parameters");
            parameters.not_before = rcgen::date_time_ymd(1990, 1, 1);
            parameters.not_after = rcgen::date_time_ymd(year, 5, 6);
            let made = parameters.self_signed(&key).expect("certificate");
            assert_eq!(ends(made.der()), wanted.parse().ok());
            for cut in 0..made.der().len().min(200) {
                let _ = ends(&made.der()[..cut]);
            }
        }
    }
}
