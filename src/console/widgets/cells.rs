//! Text that fits its place. Everything that is drawn goes through [`fit`], which cleans it: a caller's name can never
//! act on the terminal.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::domain::clean;

/// Columns that a text takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// Cleans a text and cuts it to so many columns; an ellipsis tells that there was more.
pub fn fit(text: &str, columns: usize) -> String {
    let cleaned = clean::line(text, columns.saturating_mul(2).max(8));
    if cleaned.width() <= columns {
        return cleaned;
    }
    let mut cut = String::new();
    let mut used = 0;
    for cluster in cleaned.graphemes(true) {
        let wide = cluster.width();
        if used + wide + 1 > columns {
            break;
        }
        cut.push_str(cluster);
        used += wide;
    }
    if columns > 0 {
        cut.push('…');
    }
    cut
}

/// Breaks a text at blanks into lines of so many columns; a longer word is broken where it must be.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace().flat_map(|word| pieces(word, columns)) {
        let word = word.as_str();
        match lines.last_mut() {
            Some(last) if last.is_empty() => last.push_str(word),
            Some(last) if width(last) + width(word) < columns => {
                last.push(' ');
                last.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn pieces(word: &str, columns: usize) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut used = 0;
    for cluster in word.graphemes(true) {
        let wide = cluster.width();
        if used > 0 && used + wide > columns {
            pieces.push(String::new());
            used = 0;
        }
        used += wide;
        if let Some(piece) = pieces.last_mut() {
            piece.push_str(cluster);
        }
    }
    pieces
}

/// `12,345,678`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `6.9M`, `188k`, `9,431`: for places too narrow for [`grouped`].
pub fn compact(number: u64) -> String {
    match number {
        0..10_000 => grouped(number),
        10_000..999_500 => format!("{:.0}k", number as f64 / 1e3),
        999_500..9_950_000 => format!("{:.1}M", number as f64 / 1e6),
        _ => format!("{}M", grouped((number + 500_000) / 1_000_000)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_in_few_columns() {
        let short = [9_431, 10_000, 188_061, 999_499, 999_500, 6_888_985, 9_949_999, 9_950_000, 12_345_678].map(compact);
        assert_eq!(short, ["9,431", "10k", "188k", "999k", "1.0M", "6.9M", "9.9M", "10M", "12M"]);
    }

    #[test]
    fn text_is_cut_by_columns_and_cleaned() {
        assert_eq!(fit("Wiśniewska", 6), "Wiśni…");
        assert_eq!(fit("日本語", 4), "日…");
        assert_eq!(fit("日本語", 5), "日本…");
        assert_eq!(fit("", 0), "");
        assert!(!fit("a\u{1b}[31m\u{202e}b", 20).contains(['\u{1b}', '\u{202e}']));
    }

    #[test]
    fn text_wraps_at_blanks() {
        assert_eq!(wrap("to be or not", 6), ["to be", "or not"]);
        assert_eq!(wrap("", 6), [""]);
        assert_eq!(wrap("incomprehensible no", 6), ["incomp", "rehens", "ible", "no"]);
        assert_eq!(wrap("a incomprehensible", 9), ["a", "incompreh", "ensible"]);
        assert_eq!(wrap("日本語", 0), ["日", "本", "語"]);
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!([grouped(0), grouped(999), grouped(10_000), grouped(1_234_567)], ["0", "999", "10,000", "1,234,567"]);
    }
}
