//! A recording: one audio file of a call, and the copies of its bytes.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{id::RecordingId, length::Tenths};
use crate::word_enum;

word_enum!(
    /// Why there is a recording.
    RecordingMode { Auto = 0 "auto", OnDemand = 1 "on-demand" }
);
word_enum!(
    /// Where a recording stands in its life; never silently gone.
    RecordingState { Pending = 0 "pending", Stored = 1 "stored", Lost = 2 "lost", Deleted = 3 "deleted", Erased = 4 "erased" }
);
word_enum!(
    /// What is known of one copy of the bytes.
    CopyState { Verified = 0 "verified", Unverified = 1 "unverified", Damaged = 2 "damaged", Missing = 3 "missing" }
);

/// The place of the vault of this database.
pub const INTERNAL: &str = "internal";
/// The place of rows that `generate` makes without bytes.
pub const GENERATED: &str = "generated";

/// The suffix of a file of this format, without the dot. Headerless sound (`raw/…`) is told apart by it alone: reading needs
/// it as much as saving does. `channels` tells Asterisk's `.sln` from the stereo `.raw` of our own spool.
pub fn suffix_of(format: &str, channels: u8) -> &'static str {
    match format {
        "raw/s16le" if channels == 1 => "sln",
        "raw/alaw" => "alaw",
        "raw/mulaw" => "ulaw",
        "raw/gsm" | "gsm" => "gsm",
        "raw/g722" | "g722" => "g722",
        "raw/sln12" => "sln12",
        "raw/sln16" => "sln16",
        "raw/sln24" => "sln24",
        "raw/sln32" => "sln32",
        "raw/sln44" => "sln44",
        "raw/sln48" => "sln48",
        "raw/sln96" => "sln96",
        "raw/sln192" => "sln192",
        "ogg/opus" | "opus" => "opus",
        // What an importer that could not read it yet noted is its suffix.
        "wav49" => "wav",
        _ => match format.split('/').next().unwrap_or_default() {
            "wav" => "wav",
            "mp3" => "mp3",
            "ogg" => "ogg",
            "flac" => "flac",
            "au" => "au",
            "raw" => "raw",
            _ => "bin",
        },
    }
}

/// Words at the end of a file's name that say which side of a call it holds, ours (left) first. Asterisk writes what it hears
/// from the recorded channel, the telephone, to `in` (Monitor) or the file of option `r` (MixMonitor), and what it tells it
/// to `out` or that of `t`.
const SIDES: [[&str; 2]; 4] = [["in", "out"], ["r", "t"], ["rx", "tx"], ["read", "write"]];

/// A file of one side of a call, by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneSide<'a> {
    /// The name without side and suffix.
    pub base: &'a str,
    /// Ours.
    pub is_left: bool,
    /// The name of the other side's file, without suffix.
    pub twin: String,
}

/// Whether a name without suffix is that of one side: `X-in`, `X_rx`, `X.out`, `X-R`.
pub fn one_side(stem: &str) -> Option<OneSide<'_>> {
    let at = stem.rfind(['-', '_', '.']).filter(|&at| at > 0)?;
    let word = &stem[at + 1..];
    let small = word.to_ascii_lowercase();
    let (pair, side) = SIDES.iter().find_map(|pair| Some((pair, pair.iter().position(|name| *name == small)?)))?;
    let other = pair[1 - side];
    let other = if word == small { other.to_owned() } else { other.to_ascii_uppercase() };
    Some(OneSide { base: &stem[..at], is_left: side == 0, twin: format!("{}{other}", &stem[..=at]) })
}

/// Whether two files of one side each can be of the same call, by their lengths in seconds: one may have begun or ended a
/// little later. `*-in` and `*-out` may also be two calls, named by their direction.
pub fn are_sides_of_one_call(left: f64, right: f64) -> bool {
    (left - right).abs() <= (left.max(right) * 0.02).max(2.0)
}

/// One copy of a recording's bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copy {
    /// [`INTERNAL`], [`GENERATED`], or the name of a read-only folder or drive.
    pub place: String,
    pub state: CopyState,
    /// Where in that place: relative for [`INTERNAL`], absolute for a folder registered in place. Never sent over the API.
    #[serde(skip)]
    pub path: String,
}

/// One audio file of a call.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    pub id: RecordingId,
    /// Unknown where neither name nor settings tell.
    pub mode: Option<RecordingMode>,
    /// From the start of the call to the first sound.
    pub offset: Option<Tenths>,
    pub length: Tenths,
    pub channels: u8,
    /// `container/coding` such as `wav/pcm`, `ogg/opus`, `raw/s16le` (8 kHz), `raw/sln16`, `mp3`; see [`suffix_of`].
    pub format: String,
    pub bytes: u64,
    /// Lower-case hexadecimal SHA-256 of the bytes.
    pub sha256: String,
    pub state: RecordingState,
    pub copies: Vec<Copy>,
    pub leg: Option<String>,
}

/// A recording file met by an import, hashed and copied, before or after its call is known.
#[derive(Clone, Debug, PartialEq)]
pub struct NewRecording {
    /// Name of the source file without folders; with its length and hash it tells whether it was imported before.
    pub source_name: String,
    /// Linkedids and uniqueids that may own this sound, best first; empty: waits as unassigned.
    pub source_ids: Vec<String>,
    pub mode: Option<RecordingMode>,
    /// When the sound began, if the name or the file tells.
    pub started: Option<Timestamp>,
    pub leg: Option<String>,
    pub length: Tenths,
    pub channels: u8,
    pub format: String,
    pub bytes: u64,
    pub sha256: [u8; 32],
    pub state: RecordingState,
    pub copies: Vec<Copy>,
    /// The files it was made of, where it was joined of two sides: each is known from then on.
    pub parts: Vec<SourcePart>,
}

/// A source file, as an import remembers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourcePart {
    pub name: String,
    pub bytes: u64,
    pub sha256: [u8; 32],
}

impl SourcePart {
    /// Between the names of two parts in the name of the whole.
    pub const AND: &str = " + ";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_sides_tell_their_twin() {
        let told = |stem| one_side(stem).map(|side| (side.base.to_owned(), side.is_left, side.twin));
        let side = |base: &str, is_left, twin: &str| Some((base.to_owned(), is_left, twin.to_owned()));
        assert_eq!(told("20261121-1795223866.0-in"), side("20261121-1795223866.0", true, "20261121-1795223866.0-out"));
        assert_eq!(told("call_TX"), side("call", false, "call_RX"));
        assert_eq!(told("a.r"), side("a", true, "a.t"));
        assert_eq!(told("a-write"), side("a", false, "a-read"));
        for other in ["checkin", "in", "-in", "a-inn", "a-b", ""] {
            assert_eq!(told(other), None, "{other}");
        }
        assert!(are_sides_of_one_call(10.0, 11.9) && are_sides_of_one_call(3600.0, 3650.0));
        assert!(!are_sides_of_one_call(10.0, 13.0) && !are_sides_of_one_call(3600.0, 3700.0));
    }

    #[test]
    fn headerless_sound_keeps_the_suffix_that_tells_how_to_read_it() {
        let cases = [
            ("raw/s16le", 2, "raw"),
            ("raw/s16le", 1, "sln"),
            ("raw/alaw", 1, "alaw"),
            ("raw/mulaw", 1, "ulaw"),
            ("raw/gsm", 1, "gsm"),
            ("raw/g722", 1, "g722"),
            ("raw/sln48", 1, "sln48"),
            ("wav/gsm", 1, "wav"),
            ("wav49", 1, "wav"),
            ("ogg/opus", 2, "opus"),
            ("ogg/vorbis", 2, "ogg"),
            ("flac", 1, "flac"),
            ("mp3", 1, "mp3"),
            ("au/mulaw", 1, "au"),
            ("nonsense", 1, "bin"),
        ];
        for (format, channels, suffix) in cases {
            assert_eq!(suffix_of(format, channels), suffix, "{format}");
        }
    }
}
