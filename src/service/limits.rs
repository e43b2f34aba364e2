//! How long texts may be, and what is left of them.

use super::{Result, ServiceError};
use crate::domain::clean;

/// Bytes of one note.
pub(super) const NOTE: usize = 100_000;
/// Characters of a name: tag, case, group, project, extension, agent, view.
pub(super) const NAME: usize = 200;
/// Characters of a remark or a saved query.
pub(super) const REMARK: usize = 4_000;

/// A name on one line, trimmed and cleaned; never empty.
pub(super) fn name(what: &str, text: &str) -> Result<String> {
    let cleaned = clean::line(text.trim(), NAME + 1);
    if cleaned.trim().is_empty() {
        return Err(ServiceError::Invalid(format!("{what} is empty")));
    }
    if cleaned.chars().count() > NAME {
        return Err(ServiceError::TooLarge(format!("{what} is longer than {NAME} characters")));
    }
    Ok(cleaned)
}

/// A name that may be left out; blank counts as left out.
pub(super) fn optional_name(what: &str, text: Option<&str>) -> Result<Option<String>> {
    text.filter(|text| !text.trim().is_empty()).map(|text| name(what, text)).transpose()
}

/// A remark on several lines.
pub(super) fn remark(what: &str, text: Option<&str>) -> Result<Option<String>> {
    let Some(text) = text.filter(|text| !text.trim().is_empty()) else { return Ok(None) };
    if text.chars().count() > REMARK {
        return Err(ServiceError::TooLarge(format!("{what} is longer than {REMARK} characters")));
    }
    Ok(Some(clean::lines(text, REMARK).join("\n")))
}

/// The text of a note, cleaned line by line. Empty only at a position in the recording: that is a mark.
pub(super) fn note(text: &str, positioned: bool) -> Result<String> {
    if text.trim().is_empty() {
        return if positioned {
            Ok(String::new())
        } else {
            Err(ServiceError::Invalid("the note is empty; remove it instead, or give it a position: that is a mark".to_owned()))
        };
    }
    if text.len() > NOTE {
        return Err(ServiceError::TooLarge(format!("the note has {} bytes; a note holds at most {NOTE}", text.len())));
    }
    Ok(clean::lines(text.trim_end(), NOTE).join("\n"))
}

/// Enough of a foreign text to know it again.
pub(super) fn short(text: &str) -> String {
    clean::line(text, NAME)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cleaned_and_bounded() {
        assert_eq!(name("tag", "  refund \u{202e}").expect("name"), "refund \u{fffd}");
        assert!(matches!(name("tag", " \n "), Err(ServiceError::Invalid(_))));
        assert!(matches!(name("tag", &"x".repeat(NAME + 1)), Err(ServiceError::TooLarge(_))));
        assert_eq!(name("tag", &"ł".repeat(NAME)).expect("name").chars().count(), NAME);
        assert_eq!(optional_name("group", Some("  ")).expect("blank"), None);
    }

    #[test]
    fn notes_keep_their_lines_and_lose_escapes() {
        assert_eq!(note("a\r\nb\u{1b}[31m", false).expect("note"), "a\nb\u{fffd}[31m");
        assert_eq!(note(" \n", true).expect("a mark"), "");
        assert!(matches!(note(" ", false), Err(ServiceError::Invalid(_))));
        assert!(matches!(note(&"x".repeat(NOTE + 1), true), Err(ServiceError::TooLarge(_))));
    }
}
