//! Cleans foreign text (caller names, numbers, file names, errors of servers) before it reaches a terminal, a path, a
//! shell, a spreadsheet or a log line.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// What stands for a character that must not be shown.
pub const REPLACEMENT: char = '\u{fffd}';

/// Combining marks kept on one base character.
const MARKS: usize = 4;

/// One line of text, safe to draw: control, bidirectional and invisible characters become [`REPLACEMENT`], runs of line
/// breaks and tabs a blank, NFC, at most `limit` characters (an ellipsis tells that there was more).
pub fn line(text: &str, limit: usize) -> String {
    // Most text is: short, printable ASCII, which is clean.
    if text.len() <= limit && text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return text.to_owned();
    }
    let mut cleaned = String::with_capacity(text.len().min(limit.saturating_mul(4)));
    let (mut count, mut marks) = (0, 0);
    for character in text.nfc() {
        let character = match character {
            '\n' | '\r' | '\t' => ' ',
            other if must_not_show(other) => REPLACEMENT,
            other => other,
        };
        if is_combining_mark(character) {
            marks += 1;
            if marks > MARKS {
                continue;
            }
        } else {
            marks = 0;
        }
        if count == limit {
            cleaned.pop();
            cleaned.push('…');
            break;
        }
        cleaned.push(character);
        count += 1;
    }
    cleaned
}

/// Text of several lines, each cleaned as [`line`] does; at most `limit` characters a line.
pub fn lines(text: &str, limit: usize) -> Vec<String> {
    text.split('\n').map(|part| line(part.strip_suffix('\r').unwrap_or(part), limit)).collect()
}

/// Folds case and accents, and the letters that Unicode decomposition leaves alone (ł đ ø ß …), for comparing.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for character in text.nfkd().filter(|character| !is_combining_mark(*character)).flat_map(char::to_lowercase) {
        match character {
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'ø' => folded.push('o'),
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'þ' => folded.push_str("th"),
            'ħ' => folded.push('h'),
            'ı' => folded.push('i'),
            'ŧ' => folded.push('t'),
            'ŋ' => folded.push('n'),
            other => folded.push(other),
        }
    }
    folded
}

/// Characters that could act on a terminal or hide what is written: controls, bidirectional controls, invisible and
/// deprecated format characters, tags. The list follows Unicode's `Default_Ignorable_Code_Point` and `Bidi_Control`.
pub const fn must_not_show(character: char) -> bool {
    matches!(character,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}'
        | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// A cell of a CSV file that a spreadsheet will not run as a formula: what begins with `= + - @`, tab or return gets a
/// leading `'`, unless it is a plain number such as `+48221234567` or `-1.5`, or one of which a part is hidden (`+48…567`): a
/// formula without letters, operators, brackets and quotes calls nothing and reads no other cell.
pub fn csv_cell(text: &str) -> String {
    let plain_number = {
        let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
        let marks = digits.chars().filter(|c| matches!(c, '.' | '…')).count();
        digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
            && digits.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '…'))
            && marks <= 1
    };
    if !plain_number && text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_acts_on_a_terminal_survives() {
        let cleaned = line("a\u{1b}]52;c;x\u{7}\u{9b}31m\u{202e}b\r\nc", 80);
        assert!(!cleaned.chars().any(must_not_show), "{cleaned:?}");
        assert!(cleaned.starts_with('a') && cleaned.ends_with('c'));
    }

    #[test]
    fn long_text_ends_with_an_ellipsis() {
        assert_eq!(line("abcdef", 4), "abc…");
        assert_eq!(line("abcd", 4), "abcd");
    }

    #[test]
    fn folding_reaches_letters_without_decomposition() {
        assert_eq!(fold("Łukasz ŻÓŁĆ Đuro Straße Søren"), "lukasz zolc duro strasse soren");
    }

    #[test]
    fn formulas_are_quoted_and_numbers_are_not() {
        assert_eq!(csv_cell("=1+1"), "'=1+1");
        assert_eq!(csv_cell("+48221234567"), "+48221234567");
        for plain in ["-1.5", "+48…567", "48…567", "-.5"] {
            assert_eq!(csv_cell(plain), plain);
        }
        for formula in ["+48 22", "+48…567+1", "+48……567", "+…567", "+48…A1", "+48…5.7", "-1.5.2", "+", "+48•••567"]
        {
            assert_eq!(csv_cell(formula), format!("'{formula}"));
        }
        assert_eq!(csv_cell("-"), "'-");
    }
}
