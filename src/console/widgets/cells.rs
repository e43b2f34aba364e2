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

/// `12,345,678`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_by_columns_and_cleaned() {
        assert_eq!(fit("Wiśniewska", 6), "Wiśni…");
        assert_eq!(fit("日本語", 4), "日…");
        assert_eq!(fit("日本語", 5), "日本…");
        assert_eq!(fit("", 0), "");
        assert!(!fit("a\u{1b}[31m\u{202e}b", 20).contains(['\u{1b}', '\u{202e}']));
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!([grouped(0), grouped(999), grouped(10_000), grouped(1_234_567)], ["0", "999", "10,000", "1,234,567"]);
    }
}
