//! Presses of the mouse and turns of its wheel, as terminals report them in their SGR form (xterm's ctlseqs, mode 1006).

/// What was pressed or turned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Button {
    Left,
    /// One notch of the wheel.
    WheelUp,
    WheelDown,
}

/// One press.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mouse {
    pub button: Button,
    /// Column and line of the screen, counted from 0.
    pub x: u16,
    pub y: u16,
}

impl Mouse {
    /// Reads `<button;column;line` and the letter behind it. None: a release, a motion, a button or a modifier that means
    /// nothing here.
    pub fn read(parameters: &[u8], last: u8) -> Option<Self> {
        let text = std::str::from_utf8(parameters.strip_prefix(b"<")?).ok()?;
        let mut numbers = text.split(';').map(str::parse::<u16>);
        let (button, column, line) = (numbers.next()?.ok()?, numbers.next()?.ok()?, numbers.next()?.ok()?);
        if numbers.next().is_some() || last != b'M' {
            return None;
        }
        let button = match button {
            0 => Button::Left,
            64 => Button::WheelUp,
            65 => Button::WheelDown,
            _ => return None,
        };
        Some(Self { button, x: column.checked_sub(1)?, y: line.checked_sub(1)? })
    }
}
