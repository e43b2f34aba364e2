//! What a server's key is known by: SHA-256 of the public key of its certificate (SubjectPublicKeyInfo, RFC 5280 4.1.2.7), so
//! that a renewed certificate with the same key stays known.

use std::{fmt, str::FromStr};

use sha2::{Digest, Sha256};

/// Shown as `sha256:` and 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// Of a SubjectPublicKeyInfo in DER.
    pub fn of_key(spki: &[u8]) -> Self {
        Self(Sha256::digest(spki).into())
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha256:")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Fingerprint {
    type Err = String;

    /// Takes capital letters and colons between the digits too, as other programs write them.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "a fingerprint is sha256: and 64 hexadecimal digits".to_owned();
        let text = text.trim();
        let (kind, digits) = text.split_at_checked("sha256:".len()).ok_or_else(wrong)?;
        if !kind.eq_ignore_ascii_case("sha256:") {
            return Err(wrong());
        }
        let digits: Vec<u8> = digits
            .chars()
            .filter(|sign| *sign != ':')
            .map(|sign| sign.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
            .collect::<Option<_>>()
            .ok_or_else(wrong)?;
        let bytes: Vec<u8> = digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect();
        if digits.len() != 64 {
            return Err(wrong());
        }
        bytes.try_into().map(Self).map_err(|_| wrong())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_as_it_is_shown_and_as_others_write_it() {
        let print = Fingerprint::of_key(b"key");
        let shown = print.to_string();
        assert_eq!(shown.len(), 71);
        assert_eq!(shown.parse(), Ok(print));
        let pairs: Vec<&str> =
            shown.as_bytes()["sha256:".len()..].chunks(2).map(|pair| std::str::from_utf8(pair).unwrap()).collect();
        assert_eq!(format!("SHA256:{}", pairs.join(":").to_uppercase()).parse(), Ok(print));
        for wrong in ["", "sha256:", "sha256:00", "md5:00", &shown[..70], &format!("{shown}0"), "sha256:ż", "ſha256:00"] {
            assert!(wrong.parse::<Fingerprint>().is_err(), "{wrong}");
        }
    }
}
