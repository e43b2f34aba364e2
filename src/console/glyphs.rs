//! Which characters reach the terminal. Screens draw with the WGL4 set; lesser sets are reached by a one-to-one table
//! over the finished picture, so that no layout ever differs.

use ratatui::buffer::Buffer;
use unicode_normalization::UnicodeNormalization;

use super::theme::Environment;

/// A set of characters that a terminal can show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Glyphs {
    #[default]
    Unicode,
    Ascii,
}

impl Glyphs {
    /// Reads the names of `--glyphs`; sets without a table of their own yet get the nearest.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "unicode" | "wgl4" => Some(Self::Unicode),
            "cp437" | "latin2" | "ascii" => Some(Self::Ascii),
            _ => None,
        }
    }

    pub fn guess(environment: &Environment) -> Self {
        if environment.utf8() && !environment.term.starts_with("vt") { Self::Unicode } else { Self::Ascii }
    }

    /// Replaces every character that the set lacks. Letters lose their accents; what has no twin becomes `?`.
    pub fn apply(self, buffer: &mut Buffer) {
        if self == Self::Unicode {
            return;
        }
        for cell in &mut buffer.content {
            if !cell.symbol().is_ascii() {
                let twin = twin(cell.symbol());
                cell.set_char(twin);
            }
        }
    }
}

fn twin(symbol: &str) -> char {
    let first = symbol.chars().next().unwrap_or(' ');
    match first {
        '─' | '–' | '—' => '-',
        '│' | '║' => '|',
        '┌' | '┐' | '└' | '┘' | '├' | '┤' | '┬' | '┴' | '┼' => '+',
        '═' | '↔' | '▬' => '=',
        '►' | '→' | '»' => '>',
        '◄' | '←' | '«' => '<',
        '▲' | '↑' => '^',
        '▼' | '↓' => 'v',
        '●' => '*',
        '◘' => '%',
        '○' => 'o',
        '■' | '█' | '▌' | '▐' => '#',
        '□' | '·' | '•' | '░' => '.',
        '▄' | '▁' => '_',
        '▀' | '“' | '”' => '"',
        '‘' | '’' => '\'',
        '×' => 'x',
        '√' => 'v',
        '‼' => '!',
        '…' => '~',
        '≥' => '>',
        '≤' => '<',
        '≈' => '~',
        _ => letter(symbol),
    }
}

fn letter(symbol: &str) -> char {
    let plain = symbol.nfd().find(char::is_ascii);
    plain
        .or_else(|| {
            let folded = crate::domain::clean::fold(symbol);
            let upper = symbol.chars().next().is_some_and(char::is_uppercase);
            folded.chars().next().filter(char::is_ascii).map(|c| if upper { c.to_ascii_uppercase() } else { c })
        })
        .unwrap_or('?')
}

#[cfg(test)]
mod tests {
    use ratatui::{layout::Rect, style::Style};

    use super::*;

    #[test]
    fn ascii_keeps_the_layout_and_the_letters() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 24, 1));
        buffer.set_string(0, 0, "► Łukasz Őri → 日 ● ─ ≥", Style::new());
        Glyphs::Ascii.apply(&mut buffer);
        let text: String = buffer.content.iter().map(|cell| cell.symbol()).collect();
        assert_eq!(text, "> Lukasz Ori > ?  * - > ");
    }
}
