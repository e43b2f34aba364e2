//! The terminal: taken over, drawn on, given back. Whatever way the program ends, one leave sequence puts it right.

use std::{
    fs::File,
    io,
    os::fd::{AsFd, OwnedFd},
    sync::{Mutex, PoisonError},
};

use ratatui::{buffer::Buffer, layout::Rect};
use rustix::{
    process::{Signal, getpid, getppid, getsid, kill_current_process_group},
    stdio::{dup2_stderr, stderr, stdin, stdout},
    termios::{OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr},
};

use super::{
    screen_writer::{Abilities, ScreenWriter},
    theme::Environment,
};

/// Alternate screen, hidden cursor, no going on in the next line behind the last column, bracketed paste.
const ENTER: &[u8] = b"\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[?2004h";
/// Presses and the wheel in the SGR form; no motion, so that Shift and drag stay the terminal's own.
const MOUSE: &[u8] = b"\x1b[?1000h\x1b[?1006h";
const NO_MOUSE: &[u8] = b"\x1b[?1006l\x1b[?1000l";
/// Harmless where unknown; right in any state.
const LEAVE: &[u8] = b"\x1b[?2026l\x1b[<u\x1b[?1006l\x1b[?1002l\x1b[?1000l\x1b[?1003l\x1b[?1004l\x1b[?2004l\x1b(B\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l";

/// What must be put back; for the panic hook as well.
struct Before {
    settings: Termios,
    errors: Option<OwnedFd>,
}

static BEFORE: Mutex<Option<Before>> = Mutex::new(None);

/// The screen, while it is ours. Dropping it gives the terminal back.
pub struct Screen {
    writer: ScreenWriter,
    fallback: (u16, u16),
    /// Columns and rows of the pictures.
    area: (u16, u16),
    gone: bool,
    mouse: bool,
}

impl Screen {
    /// Takes the terminal over; from now on what libraries write to stderr goes to `log`.
    ///
    /// # Errors
    /// When stdin or stdout is no terminal.
    pub fn enter(environment: &Environment, abilities: Abilities, log: Option<File>) -> io::Result<Self> {
        let settings = tcgetattr(stdin())?;
        let fallback = (environment.columns.unwrap_or(80), environment.lines.unwrap_or(24));
        let errors = guard_errors(log);
        *BEFORE.lock().unwrap_or_else(PoisonError::into_inner) = Some(Before { settings, errors });
        let screen = Self { writer: ScreenWriter::new(abilities), fallback, area: size(fallback), gone: false, mouse: false };
        take()?;
        Ok(screen)
    }

    /// Columns and rows now.
    pub fn size(&self) -> (u16, u16) {
        size(self.fallback)
    }

    /// Draws one frame; one write, and none where the picture is the same.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn draw(&mut self, paint: impl FnOnce(&mut Buffer) -> Option<(u16, u16)>) -> io::Result<()> {
        let mut picture = Buffer::empty(Rect::new(0, 0, self.area.0, self.area.1));
        let cursor = paint(&mut picture);
        write_all(&self.writer.frame(&picture, cursor))
    }

    /// Everything is drawn anew with the next frame, in the size that the terminal has now. Asks the terminal nothing.
    pub fn redraw(&mut self) {
        self.area = self.size();
        self.writer.repaint();
    }

    /// Sends a text to the terminal's clipboard (OSC 52); there is no answer.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn copy(&self, text: &str) -> io::Result<()> {
        write_all(format!("\x1b]52;c;{}\x07", base64(text.as_bytes())).as_bytes())
    }

    /// Asks the terminal to tell of the mouse, or no longer; each way of leaving the screen ends it.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn report_mouse(&mut self, on: bool) -> io::Result<()> {
        self.mouse = on;
        write_all(if on { MOUSE } else { NO_MOUSE })
    }

    /// Stops the program as Ctrl-Z does elsewhere, and takes the screen again when it goes on. False where nobody could
    /// wake it: the program is its session's first, or its parent is in another session.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn suspend(&mut self) -> io::Result<bool> {
        let session = getsid(None)?;
        let orphan = session == getpid() || getppid().is_none_or(|parent| getsid(Some(parent)).ok() != Some(session));
        if orphan {
            return Ok(false);
        }
        give_back();
        kill_current_process_group(Signal::STOP)?;
        self.resume()?;
        Ok(true)
    }

    /// The program was stopped by others and goes on: settings and picture are restored.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn resume(&mut self) -> io::Result<()> {
        take()?;
        if self.mouse {
            write_all(MOUSE)?;
        }
        self.area = self.size();
        self.writer.taken_over();
        Ok(())
    }

    /// The terminal hung up: nothing is written any more.
    pub const fn forsake(&mut self) {
        self.gone = true;
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        if self.gone {
            restore_errors();
        } else {
            give_back();
            restore_errors();
        }
    }
}

fn size(fallback: (u16, u16)) -> (u16, u16) {
    match tcgetwinsize(stdout()) {
        Ok(size) if size.ws_col > 0 && size.ws_row > 0 => (size.ws_col, size.ws_row),
        _ => fallback,
    }
}

/// Raw mode and our screen.
fn take() -> io::Result<()> {
    let before = BEFORE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(before) = before.as_ref() {
        let mut raw = before.settings.clone();
        raw.make_raw();
        tcsetattr(stdin(), OptionalActions::Flush, &raw)?;
    }
    write_all(ENTER)
}

/// Leave sequence, then the settings of before.
fn give_back() {
    let before = BEFORE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(before) = before.as_ref() {
        let _ = write_all(LEAVE);
        let _ = tcsetattr(stdin(), OptionalActions::Drain, &before.settings);
    }
}

fn restore_errors() {
    let before = BEFORE.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(errors) = before.and_then(|before| before.errors) {
        let _ = dup2_stderr(&errors);
    }
}

/// Sound libraries write to stderr from C: while the screen is ours, that goes to the log.
fn guard_errors(log: Option<File>) -> Option<OwnedFd> {
    let kept = rustix::io::dup(stderr()).ok()?;
    let log = log.or_else(|| File::options().write(true).open("/dev/null").ok())?;
    dup2_stderr(&log).ok()?;
    Some(kept)
}

/// Installs a hook that gives the terminal back before a panic of the drawing thread is told. Panics of other threads
/// are only logged: the screen goes on.
pub fn install_panic_hook() {
    let main = std::thread::current().id();
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if std::thread::current().id() == main {
            give_back();
            restore_errors();
            before(panic);
        } else {
            tracing::error!("{panic}");
        }
    }));
}

fn write_all(mut bytes: &[u8]) -> io::Result<()> {
    let out = stdout();
    while !bytes.is_empty() {
        match rustix::io::write(out, bytes) {
            Ok(written) => bytes = &bytes[written..],
            Err(rustix::io::Errno::INTR) => {}
            Err(rustix::io::Errno::AGAIN) => {
                let mut polled = [rustix::event::PollFd::from_borrowed_fd(out.as_fd(), rustix::event::PollFlags::OUT)];
                rustix::event::poll(&mut polled, None)?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let number = chunk.iter().fold(0u32, |number, byte| number << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            if place <= chunk.len() {
                let letter = (number >> (18 - 6 * place)) & 63;
                text.push(char::from(LETTERS[letter as usize]));
            } else {
                text.push('=');
            }
        }
    }
    text
}

/// Both ends are terminals.
pub fn is_terminal() -> bool {
    rustix::termios::isatty(stdin()) && rustix::termios::isatty(stdout())
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_of_every_length() {
        assert_eq!([base64(b""), base64(b"f"), base64(b"fo"), base64(b"foo")], ["", "Zg==", "Zm8=", "Zm9v"]);
    }
}
