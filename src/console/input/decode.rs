//! Bytes of a terminal to keys, without ever waiting: what is incomplete stays until more comes or its time is over.
//!
//! Answers of the terminal to questions (OSC, DCS, private CSI sequences) are recognised and dropped whole, so that a
//! late one never types commands. Sequences: ECMA-48, xterm's ctlseqs, the Linux console's and rxvt's own.

use std::time::Duration;

use super::{Code, Input, Key, Mouse};

/// Longest paste kept; the rest is dropped.
const PASTE_LIMIT: usize = 1 << 20;
const PASTE_END: &[u8] = b"\x1b[201~";

/// A state machine over bytes.
#[derive(Debug, Default)]
pub struct Decoder {
    pending: Vec<u8>,
    paste: Option<Vec<u8>>,
    presses: Vec<Mouse>,
}

/// One step over the pending bytes.
enum Step {
    Give(Key, usize),
    Press(Mouse, usize),
    Skip(usize),
    PasteBegins(usize),
    More,
}

impl Decoder {
    /// Takes bytes as they come and gives what is complete.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Input> {
        self.pending.extend_from_slice(bytes);
        let mut inputs = Vec::new();
        while !self.pending.is_empty() {
            if self.paste.is_some() {
                if !self.take_paste(&mut inputs) {
                    break;
                }
                continue;
            }
            match step(&self.pending) {
                Step::Give(key, length) => {
                    self.pending.drain(..length);
                    inputs.push(Input::Key(key));
                }
                Step::Press(mouse, length) => {
                    self.pending.drain(..length);
                    self.presses.push(mouse);
                }
                Step::Skip(length) => drop(self.pending.drain(..length)),
                Step::PasteBegins(length) => {
                    self.pending.drain(..length);
                    self.paste = Some(Vec::new());
                }
                Step::More => break,
            }
        }
        inputs
    }

    /// Presses of the mouse that came since the last time.
    pub fn take_presses(&mut self) -> Vec<Mouse> {
        std::mem::take(&mut self.presses)
    }

    /// How long to wait for the rest of something incomplete; none when nothing is.
    pub fn patience(&self) -> Option<Duration> {
        if self.paste.is_some() {
            return Some(Duration::from_secs(1));
        }
        match self.pending.as_slice() {
            [] => None,
            [0x1b] => Some(Duration::from_millis(40)),
            [0x1b, b']' | b'P' | b'_' | b'^' | b'X', ..] => Some(Duration::from_millis(500)),
            _ => Some(Duration::from_millis(100)),
        }
    }

    /// The rest did not come: a lone escape is the key, anything else is dropped.
    pub fn give_up(&mut self) -> Vec<Input> {
        let pending = std::mem::take(&mut self.pending);
        if let Some(mut text) = self.paste.take() {
            text.extend_from_slice(&pending);
            return vec![pasted(&text)];
        }
        if pending == [0x1b] { vec![Input::Key(Key::plain(Code::Esc))] } else { Vec::new() }
    }

    fn take_paste(&mut self, inputs: &mut Vec<Input>) -> bool {
        let Some(text) = self.paste.as_mut() else { return true };
        let end = self.pending.windows(PASTE_END.len()).position(|window| window == PASTE_END);
        let (keep, done) = match end {
            Some(end) => (end, true),
            None => (self.pending.len().saturating_sub(PASTE_END.len() - 1), false),
        };
        let room = PASTE_LIMIT.saturating_sub(text.len());
        text.extend(self.pending.drain(..keep).take(room));
        if done {
            self.pending.drain(..PASTE_END.len());
            inputs.push(pasted(text));
            self.paste = None;
        }
        done
    }
}

fn pasted(text: &[u8]) -> Input {
    Input::Paste(String::from_utf8_lossy(text).replace("\r\n", "\n").replace('\r', "\n"))
}

fn step(bytes: &[u8]) -> Step {
    match bytes {
        [0x1b] => Step::More,
        [0x1b, b'[', ..] => csi(bytes),
        [0x1b, b'O', rest @ ..] => match rest.first() {
            None => Step::More,
            Some(letter) => single_shift(*letter).map_or(Step::Skip(3), |code| Step::Give(Key::plain(code), 3)),
        },
        [0x1b, b']' | b'P' | b'_' | b'^' | b'X', rest @ ..] => string_end(rest).map_or(Step::More, |end| Step::Skip(end + 2)),
        // Esc and a key in one read: somebody typed fast, or tmux sent them together. No key of ours needs Alt.
        [0x1b, ..] => Step::Give(Key::plain(Code::Esc), 1),
        _ => plain(bytes),
    }
}

/// Where an OSC, DCS, APC, PM or SOS ends, counted from its contents: BEL or ST.
fn string_end(rest: &[u8]) -> Option<usize> {
    rest.iter().enumerate().find_map(|(at, byte)| match byte {
        0x07 => Some(at + 1),
        b'\\' if at > 0 && rest[at - 1] == 0x1b => Some(at + 1),
        _ => None,
    })
}

fn plain(bytes: &[u8]) -> Step {
    let byte = bytes[0];
    let key = match byte {
        b'\r' => Key::plain(Code::Enter),
        b'\t' => Key::plain(Code::Tab),
        0x7f | 0x08 => Key::plain(Code::Backspace),
        0x00 => Key::ctrl(' '),
        0x01..=0x1a => Key::ctrl(char::from(byte - 1 + b'a')),
        0x1c..=0x1f => Key::ctrl(char::from(byte - 0x1c + b'4')),
        0x20..=0x7e => Key::char(char::from(byte)),
        _ => return multibyte(bytes),
    };
    Step::Give(key, 1)
}

fn multibyte(bytes: &[u8]) -> Step {
    let length = match bytes[0] {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return Step::Skip(1),
    };
    let here = &bytes[..length.min(bytes.len())];
    if here[1..].iter().any(|byte| byte & 0xc0 != 0x80) {
        return Step::Skip(1);
    }
    if here.len() < length {
        return Step::More;
    }
    match std::str::from_utf8(here).ok().and_then(|text| text.chars().next()) {
        Some(character) => Step::Give(Key::char(character), length),
        None => Step::Skip(1),
    }
}

fn single_shift(letter: u8) -> Option<Code> {
    Some(match letter {
        b'A' | b'a' => Code::Up,
        b'B' | b'b' => Code::Down,
        b'C' | b'c' => Code::Right,
        b'D' | b'd' => Code::Left,
        b'H' => Code::Home,
        b'F' => Code::End,
        b'M' => Code::Enter,
        b'P'..=b'S' => Code::F(letter - b'P' + 1),
        b'p'..=b'y' => Code::Char(char::from(letter - b'p' + b'0')),
        b'm' => Code::Char('-'),
        b'k' | b'l' => Code::Char('+'),
        b'n' => Code::Char('.'),
        b'j' => Code::Char('*'),
        b'o' => Code::Char('/'),
        _ => return None,
    })
}

fn csi(bytes: &[u8]) -> Step {
    let rest = &bytes[2..];
    match rest {
        [] | [b'['] | [b'M'] => return Step::More,
        [b'[', letter @ b'A'..=b'E', ..] => return Step::Give(Key::plain(Code::F(letter - b'A' + 1)), 4),
        [b'[', ..] => return Step::Skip(4.min(bytes.len())),
        // An old mouse report: three bytes follow. We never ask for one.
        [b'M', ..] => return if rest.len() < 4 { Step::More } else { Step::Skip(6) },
        _ => {}
    }
    let Some(end) = rest.iter().position(|byte| !(0x20..=0x3f).contains(byte)) else {
        return if rest.len() > 64 { Step::Skip(bytes.len()) } else { Step::More };
    };
    let (parameters, last, length) = (&rest[..end], rest[end], end + 3);
    if !(0x40..=0x7e).contains(&last) {
        return Step::Skip(2 + end);
    }
    if parameters == b"200" && last == b'~' {
        return Step::PasteBegins(length);
    }
    if let Some(mouse) = Mouse::read(parameters, last) {
        return Step::Press(mouse, length);
    }
    match csi_key(parameters, last) {
        Some(key) => Step::Give(key, length),
        None => Step::Skip(length),
    }
}

fn csi_key(parameters: &[u8], last: u8) -> Option<Key> {
    let text = std::str::from_utf8(parameters).ok()?;
    if text.starts_with(['?', '>', '<', '=']) {
        return None;
    }
    let mut numbers = text.split(';').map(|number| number.parse::<u16>().unwrap_or(1));
    let (first, modifiers) = (numbers.next().unwrap_or(1), numbers.next().unwrap_or(1).saturating_sub(1));
    let code = match last {
        b'A' | b'a' => Code::Up,
        b'B' | b'b' => Code::Down,
        b'C' | b'c' => Code::Right,
        b'D' | b'd' => Code::Left,
        b'H' => Code::Home,
        b'F' => Code::End,
        b'Z' => Code::BackTab,
        b'P'..=b'S' => Code::F(last - b'P' + 1),
        b'~' | b'$' | b'^' => match first {
            1 | 7 => Code::Home,
            2 => Code::Insert,
            3 => Code::Delete,
            4 | 8 => Code::End,
            5 => Code::PageUp,
            6 => Code::PageDown,
            11..=15 => Code::F(u8::try_from(first - 10).ok()?),
            17..=21 => Code::F(u8::try_from(first - 11).ok()?),
            23..=26 => Code::F(u8::try_from(first - 12).ok()?),
            28 | 29 => Code::F(u8::try_from(first - 13).ok()?),
            31..=34 => Code::F(u8::try_from(first - 14).ok()?),
            _ => return None,
        },
        _ => return None,
    };
    // Cursor position reports look like F3 with modifiers; a row above 1 gives them away.
    if last == b'R' && first > 1 {
        return None;
    }
    Some(Key { code, ctrl: modifiers & 4 != 0, alt: modifiers & 2 != 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(bytes: &[u8]) -> String {
        let mut decoder = Decoder::default();
        let mut inputs = decoder.feed(bytes);
        inputs.extend(decoder.give_up());
        let names: Vec<String> = inputs
            .iter()
            .map(|input| match input {
                Input::Key(key) => key.to_string(),
                Input::Paste(text) => format!("paste({text})"),
            })
            .collect();
        names.join(" ")
    }

    #[test]
    fn keys_of_many_terminals() {
        for (bytes, names) in [
            (&b"jG"[..], "j G"),
            (b"\x1b[A\x1bOB\x1b[1;5C", "Up Down Ctrl-Right"),
            (b"\x1b[5~\x1b[6~\x1b[H\x1b[4~\x1b[7~", "PageUp PageDown Home End Home"),
            (b"\x1b[[A\x1bOP\x1b[15~\x1b[24~", "F1 F1 F5 F12"),
            (b"\x7f\x08\r\t\x1b[Z", "Backspace Backspace Enter Tab Shift-Tab"),
            (b"\x01\x1a\x1c", "Ctrl-a Ctrl-z Ctrl-4"),
            ("ćŁ日".as_bytes(), "ć Ł 日"),
            (b"\x1b", "Esc"),
            (b"\x1bj", "Esc j"),
            (b"\x1b\x1b", "Esc Esc"),
            (b"\x1bOM\x1bOm\x1bOk", "Enter - +"),
        ] {
            assert_eq!(keys(bytes), names, "{bytes:?}");
        }
    }

    #[test]
    fn answers_of_the_terminal_type_nothing() {
        for answer in [
            &b"\x1b]11;rgb:1212/1616/1c1c\x1b\\"[..],
            b"\x1b]11;rgb:1212/1616/1c1c\x07",
            b"\x1bP>|XTerm(379)\x1b\\",
            b"\x1b[?2026;2$y",
            b"\x1b[?64;1;2c",
            b"\x1b[>41;379;0c",
            b"\x1b[24;80R",
            b"\x1b[M !!",
        ] {
            let mut whole = answer.to_vec();
            whole.extend_from_slice(b"j");
            assert_eq!(keys(&whole), "j", "{answer:?}");
        }
    }

    #[test]
    fn presses_of_the_mouse() {
        let mut decoder = Decoder::default();
        let inputs = decoder
            .feed(b"j\x1b[<0;5;7M\x1b[<0;5;7m\x1b[<35;1;1M\x1b[<64;80;24M\x1b[<2;1;1M\x1b[<65;1;1Mk\x1b[<0;0;1M\x1b[<0;1M");
        assert_eq!(inputs, [Input::Key(Key::char('j')), Input::Key(Key::char('k'))]);
        let press = |button, x, y| Mouse { button, x, y };
        use crate::console::input::Button::{Left, WheelDown, WheelUp};
        assert_eq!(decoder.take_presses(), [press(Left, 4, 6), press(WheelUp, 79, 23), press(WheelDown, 0, 0)]);
        assert_eq!(decoder.take_presses(), []);
    }

    proptest::proptest! {
        /// However the bytes of reports, keys and rubbish are cut, the same comes out, and no report types a key.
        #[test]
        fn reports_of_the_mouse_type_nothing(
            pieces in proptest::collection::vec((0u16..70, 0u16..300, 0u16..300, proptest::bool::ANY), 0..12),
            cut in 1usize..9,
        ) {
            let mut bytes = Vec::new();
            for (button, column, line, pressed) in &pieces {
                bytes.extend_from_slice(format!("\x1b[<{button};{column};{line}{}", if *pressed { 'M' } else { 'm' }).as_bytes());
            }
            bytes.push(b'j');
            let mut whole = Decoder::default();
            proptest::prop_assert_eq!(whole.feed(&bytes), vec![Input::Key(Key::char('j'))]);
            let mut parted = Decoder::default();
            let inputs: Vec<Input> = bytes.chunks(cut).flat_map(|chunk| parted.feed(chunk)).collect();
            proptest::prop_assert_eq!(inputs, vec![Input::Key(Key::char('j'))]);
            let presses = whole.take_presses();
            proptest::prop_assert_eq!(&parted.take_presses(), &presses);
            let wanted = pieces.iter().filter(|(button, column, line, pressed)| {
                *pressed && matches!(button, 0 | 64 | 65) && *column > 0 && *line > 0
            });
            proptest::prop_assert_eq!(wanted.count(), presses.len());
        }
    }

    #[test]
    fn partial_bytes_wait_without_blocking_and_are_given_up() {
        for partial in [&b"\xc4"[..], b"\x1b[", b"\x1b[M", b"\xe6", b"\x1b]11;rgb"] {
            let mut decoder = Decoder::default();
            assert_eq!(decoder.feed(partial), vec![]);
            assert!(decoder.patience().is_some());
            assert_eq!(decoder.give_up(), vec![]);
            assert_eq!(decoder.feed(b"j"), vec![Input::Key(Key::char('j'))]);
            assert_eq!(decoder.patience(), None);
        }
        assert_eq!(keys(b"\xe6xy"), "x y", "a Latin-2 letter eats nothing");
    }

    #[test]
    fn a_key_split_in_two_is_one_key() {
        let mut decoder = Decoder::default();
        assert_eq!(decoder.feed(b"\x1b"), vec![]);
        assert_eq!(decoder.feed(b"[A"), vec![Input::Key(Key::plain(Code::Up))]);
    }

    #[test]
    fn a_paste_is_text_whatever_it_contains() {
        let mut decoder = Decoder::default();
        assert_eq!(decoder.feed(b"\x1b[200~D\r\ny\x1b[20"), vec![]);
        assert_eq!(decoder.feed(b"1~j"), vec![Input::Paste("D\ny".to_owned()), Input::Key(Key::char('j'))]);
        assert_eq!(keys(b"\x1b[200~never ended"), "paste(never ended)");
    }
}
