//! Which characters reach the terminal. Screens draw with the WGL4 set; lesser sets are reached by a one-to-one table
//! over the finished picture, so that no layout ever differs.

use ratatui::buffer::Buffer;
use unicode_normalization::UnicodeNormalization;

use super::{theme::Environment, widgets::Blocks};

/// A set of characters that a terminal can show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Glyphs {
    #[default]
    Unicode,
    /// What fonts of Windows and thin clients have: no eighth blocks.
    Wgl4,
    /// Code page 437: half blocks, few letters with accents.
    Cp437,
    Ascii,
}

/// What code page 437 has beyond ASCII, and its low half as fonts draw it.
const CP437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■☺☻♥♦♣♠•◘○◙♂♀♪♫☼►◄↕‼¶§▬↨↑↓→←∟↔▲▼⌂";

impl Glyphs {
    /// Reads the names of `--glyphs`; sets without a table of their own yet get the nearest.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "unicode" => Some(Self::Unicode),
            "wgl4" => Some(Self::Wgl4),
            "cp437" => Some(Self::Cp437),
            "latin2" | "ascii" => Some(Self::Ascii),
            _ => None,
        }
    }

    pub fn guess(environment: &Environment) -> Self {
        if environment.utf8() && !environment.term.starts_with("vt") { Self::Unicode } else { Self::Ascii }
    }

    /// How finely this set can fill a cell.
    pub const fn blocks(self) -> Blocks {
        match self {
            Self::Unicode => Blocks::Eighths,
            Self::Wgl4 | Self::Cp437 => Blocks::Halves,
            Self::Ascii => Blocks::Ascii,
        }
    }

    /// Replaces every character that the set lacks. Letters lose their accents; what has no twin becomes `?`.
    pub fn apply(self, buffer: &mut Buffer) {
        if matches!(self, Self::Unicode | Self::Wgl4) {
            return;
        }
        let has = |symbol: &str| symbol.is_ascii() || self == Self::Cp437 && CP437.contains(symbol);
        for cell in &mut buffer.content {
            if !has(cell.symbol()) {
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
        '═' | '↔' => '=',
        '►' | '→' | '»' => '>',
        '◄' | '←' | '«' => '<',
        '▲' | '↑' => '^',
        '▼' | '↓' => 'v',
        '╫' => 'x',
        '╬' => 'X',
        '●' => '*',
        '◘' => '%',
        '○' => 'o',
        '■' | '█' | '▌' | '▐' => '#',
        '□' | '·' | '•' | '░' => '.',
        '▄' => '_',
        '▀' | '“' | '”' => '"',
        '‘' | '’' => '\'',
        '×' => 'x',
        '√' => 'v',
        '‼' => '!',
        '…' => '~',
        '≥' => '>',
        '≤' => '<',
        '≈' | '▬' => '~',
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
