//! Secrets that people and programs show: `crs_KIND_ID8_SECRET43_CRC6`, all of them base 62. The beginning is known to those
//! who search files for secrets, the sum at the end tells a mistyped one from a revoked one, the middle is 256 random bits.

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::service::{Result, ServiceError};

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const ID: usize = 8;
/// 62^43 is more than 2^256.
const SECRET: usize = 43;
const SUM: usize = 6;

/// What a secret is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::service) enum Kind {
    Session,
    Token,
    /// A link for somebody without an account: signs nobody in.
    Share,
}

/// A secret just made.
pub(in crate::service) struct Secret {
    /// Public: of the session or token.
    pub id: String,
    pub text: Zeroizing<String>,
}

impl Kind {
    const fn word(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Token => "token",
            Self::Share => "share",
        }
    }

    /// Beginning of public ids, so that a list and the audit log tell one kind from the other.
    const fn letter(self) -> char {
        match self {
            Self::Session => 's',
            Self::Token => 't',
            Self::Share => 'h',
        }
    }

    /// Whether a public id is of this kind.
    pub(in crate::service) fn is_of(self, id: &str) -> bool {
        id.strip_prefix(self.letter()).is_some_and(|rest| rest.starts_with('-'))
    }
}

impl Secret {
    pub(in crate::service) fn new(kind: Kind) -> Result<Self> {
        let id = digits::<ID>()?;
        let secret = Zeroizing::new(digits::<SECRET>()?);
        let mut text = Zeroizing::new(String::with_capacity(96));
        text.push_str("crs_");
        text.push_str(kind.word());
        text.push('_');
        text.push_str(&id);
        text.push('_');
        text.push_str(&secret);
        let sum = sum(&text);
        text.push('_');
        text.push_str(&sum);
        Ok(Self { id: format!("{}-{id}", kind.letter()), text })
    }
}

/// The kind of a secret that was shown; none: it is none of ours, or mistyped.
pub(in crate::service) fn kind(text: &str) -> Option<Kind> {
    let (rest, told) = text.rsplit_once('_')?;
    let mut pieces = rest.split('_');
    let (mark, word, id, secret) = (pieces.next()?, pieces.next()?, pieces.next()?, pieces.next()?);
    let right = mark == "crs" && pieces.next().is_none() && id.len() == ID && secret.len() == SECRET && sum(rest) == told;
    right.then_some(match word {
        "session" => Kind::Session,
        "token" => Kind::Token,
        "share" => Kind::Share,
        _ => return None,
    })
}

/// As which a secret is kept.
pub(in crate::service) fn hash(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// Random digits of base 62, each as likely as any other.
fn digits<const N: usize>() -> Result<String> {
    let mut text = String::with_capacity(N);
    let mut bytes = Zeroizing::new([0_u8; 64]);
    while text.len() < N {
        getrandom::fill(bytes.as_mut_slice())
            .map_err(|error| ServiceError::Storage(format!("the system gives no random numbers: {error}")))?;
        let fair = bytes.iter().filter(|byte| usize::from(**byte) < 4 * DIGITS.len());
        for byte in fair.take(N - text.len()) {
            text.push(char::from(DIGITS[usize::from(*byte) % DIGITS.len()]));
        }
    }
    Ok(text)
}

/// CRC-32 (IEEE 802.3) in base 62.
fn sum(text: &str) -> String {
    let mut crc = u32::MAX;
    for byte in text.bytes() {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xEDB8_8320 & 0_u32.wrapping_sub(crc & 1));
        }
    }
    let mut rest = !crc as usize;
    let mut digits = [b'0'; SUM];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[rest % DIGITS.len()];
        rest /= DIGITS.len();
    }
    digits.iter().map(|digit| char::from(*digit)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_known_again_and_mistyped_ones_are_not() {
        for (kind_made, letter) in [(Kind::Session, "s-"), (Kind::Token, "t-")] {
            let secret = Secret::new(kind_made).expect("random numbers");
            assert_eq!(kind(&secret.text), Some(kind_made), "{}", *secret.text);
            assert!(secret.id.starts_with(letter) && kind_made.is_of(&secret.id));
            for at in 0..secret.text.len() {
                let mut changed = secret.text.as_bytes().to_vec();
                changed[at] = if changed[at] == b'a' { b'b' } else { b'a' };
                assert_eq!(kind(&String::from_utf8(changed).expect("ascii")), None, "changed at {at}");
            }
        }
        for other in ["", "crs", "crs_token__x_y", "Bearer", "crs_token_aaaaaaaa_b_cccccc", "żż_ó"] {
            assert_eq!(kind(other), None, "{other}");
        }
        assert!(!Kind::Token.is_of("s-12345678"));
    }

    #[test]
    fn the_sum_is_that_of_the_standard() {
        // The check value of CRC-32/ISO-HDLC is cbf43926.
        let mut rest = 0xcbf4_3926_usize;
        let mut expected = Vec::new();
        for _ in 0..SUM {
            expected.insert(0, char::from(DIGITS[rest % 62]));
            rest /= 62;
        }
        assert_eq!(sum("123456789"), expected.iter().collect::<String>());
    }
}
