//! Colours and attributes: the shorter of what differs and of everything from nothing.

use ratatui::style::{Color, Modifier};

use super::cell::Pen;

/// Attribute, code that sets it, code that takes it away.
const ATTRIBUTES: [(Modifier, u8, u8); 9] = [
    (Modifier::BOLD, 1, 22),
    (Modifier::DIM, 2, 22),
    (Modifier::ITALIC, 3, 23),
    (Modifier::UNDERLINED, 4, 24),
    (Modifier::SLOW_BLINK, 5, 25),
    (Modifier::RAPID_BLINK, 6, 25),
    (Modifier::REVERSED, 7, 27),
    (Modifier::HIDDEN, 8, 28),
    (Modifier::CROSSED_OUT, 9, 29),
];

/// Writes the sequence that makes the terminal write with `to`; `from`: the pen now, none: unknown. `takes_away`: the
/// terminal knows the codes from 22 on.
pub fn change(out: &mut Vec<u8>, from: Option<Pen>, to: Pen, takes_away: bool) {
    if from == Some(to) {
        return;
    }
    let mut anew = Codes::default();
    if to != Pen::PLAIN {
        anew.number(0);
        anew.attributes(to.modifier);
        anew.color(Color::Reset, to.fg, Ground::Fore);
        anew.color(Color::Reset, to.bg, Ground::Back);
    }
    let removed = from.map_or(Modifier::empty(), |from| from.modifier.difference(to.modifier));
    let best = match from {
        Some(from) if takes_away || removed.is_empty() => {
            let mut changed = Codes::default();
            let mut added = to.modifier.difference(from.modifier);
            let mut taken = 0;
            for (attribute, _, off) in ATTRIBUTES {
                if removed.contains(attribute) && taken != off {
                    changed.number(off);
                    taken = off;
                    // One code takes two attributes away: what stays of them is set again.
                    for (other, _, shared) in ATTRIBUTES {
                        if shared == off {
                            added |= to.modifier.intersection(other);
                        }
                    }
                }
            }
            changed.attributes(added);
            changed.color(from.fg, to.fg, Ground::Fore);
            changed.color(from.bg, to.bg, Ground::Back);
            if changed.0.len() <= anew.0.len() { changed } else { anew }
        }
        _ => anew,
    };
    out.extend_from_slice(b"\x1b[");
    out.extend_from_slice(&best.0);
    out.push(b'm');
}

#[derive(Clone, Copy)]
enum Ground {
    Fore,
    Back,
}

/// Parameters with `;` between them.
#[derive(Default)]
struct Codes(Vec<u8>);

impl Codes {
    fn number(&mut self, number: u8) {
        if !self.0.is_empty() {
            self.0.push(b';');
        }
        super::digits(&mut self.0, u16::from(number));
    }

    fn attributes(&mut self, wanted: Modifier) {
        for (attribute, on, _) in ATTRIBUTES {
            if wanted.contains(attribute) {
                self.number(on);
            }
        }
    }

    fn color(&mut self, from: Color, to: Color, ground: Ground) {
        if from == to {
            return;
        }
        let shift = match ground {
            Ground::Fore => 0,
            Ground::Back => 10,
        };
        match to {
            Color::Reset => self.number(39 + shift),
            Color::Indexed(index) => {
                for number in [38 + shift, 5, index] {
                    self.number(number);
                }
            }
            Color::Rgb(red, green, blue) => {
                for number in [38 + shift, 2, red, green, blue] {
                    self.number(number);
                }
            }
            named => self.number(of_sixteen(named) + shift),
        }
    }
}

/// The code of one of the sixteen colours that every colour terminal knows.
const fn of_sixteen(color: Color) -> u8 {
    match color {
        Color::Black => 30,
        Color::Red => 31,
        Color::Green => 32,
        Color::Yellow => 33,
        Color::Blue => 34,
        Color::Magenta => 35,
        Color::Cyan => 36,
        Color::Gray => 37,
        Color::DarkGray => 90,
        Color::LightRed => 91,
        Color::LightGreen => 92,
        Color::LightYellow => 93,
        Color::LightBlue => 94,
        Color::LightMagenta => 95,
        Color::LightCyan => 96,
        Color::White => 97,
        Color::Reset | Color::Rgb(..) | Color::Indexed(_) => 39,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(from: Option<Pen>, to: Pen) -> String {
        let mut out = Vec::new();
        change(&mut out, from, to, true);
        String::from_utf8(out).expect("ASCII").replace('\x1b', "^")
    }

    #[test]
    fn the_shorter_form_is_taken() {
        let text = Pen { fg: Color::Indexed(253), bg: Color::Indexed(233), modifier: Modifier::empty() };
        let muted = Pen { fg: Color::Indexed(247), ..text };
        let bold = Pen { modifier: Modifier::BOLD, ..text };
        let both = Pen { modifier: Modifier::BOLD | Modifier::DIM, ..text };
        assert_eq!(changed(None, Pen::PLAIN), "^[m");
        assert_eq!(changed(Some(text), Pen::PLAIN), "^[m");
        assert_eq!(changed(Some(text), text), "");
        assert_eq!(changed(Some(text), muted), "^[38;5;247m");
        assert_eq!(changed(Some(bold), text), "^[22m");
        assert_eq!(changed(Some(both), bold), "^[22;1m");
        assert_eq!(changed(None, text), "^[0;38;5;253;48;5;233m");
        let red = Pen { fg: Color::LightRed, ..Pen::PLAIN };
        assert_eq!(changed(Some(Pen { modifier: Modifier::all(), ..Pen::PLAIN }), red), "^[0;91m");
    }
}
