//! The thread that reads the terminal. It is also the watcher of its end: a line that hung up ends the console at once,
//! where other readers would spin for ever.

use std::{io, os::fd::BorrowedFd, time::Duration};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::{Errno, read},
};

use super::{Decoder, Input, Mouse};

/// Printable keys that arrive together and may still be somebody typing on a stalled line.
const BURST: usize = 12;

/// What the thread tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reader {
    /// Inputs that arrived together; `burst` when more keys than anybody types at once.
    Inputs {
        inputs: Vec<Input>,
        burst: bool,
    },
    Presses(Vec<Mouse>),
    /// The terminal is gone.
    HungUp,
}

/// Starts reading `terminal`. `tell` may block (a bounded channel) and gives false when nobody listens any more.
///
/// # Errors
/// When the thread cannot be started.
pub fn spawn(terminal: BorrowedFd<'static>, mut tell: impl FnMut(Reader) -> bool + Send + 'static) -> io::Result<()> {
    std::thread::Builder::new().name("terminal input".to_owned()).spawn(move || {
        let mut decoder = Decoder::default();
        loop {
            let told = match wait(terminal, decoder.patience()) {
                Wait::Gone => {
                    tell(Reader::HungUp);
                    return;
                }
                Wait::Nothing => {
                    let inputs = decoder.give_up();
                    inputs.is_empty() || tell(Reader::Inputs { inputs, burst: false })
                }
                Wait::Bytes(mut bytes) => {
                    // Several keys at once may be the beginning of a paste without brackets: its rest follows closely.
                    while bytes.len() > 3 && bytes.len() < 1 << 16 {
                        match wait(terminal, Some(Duration::from_millis(15))) {
                            Wait::Bytes(more) => bytes.extend_from_slice(&more),
                            Wait::Nothing | Wait::Gone => break,
                        }
                    }
                    let inputs = decoder.feed(&bytes);
                    let printable = |input: &&Input| matches!(input, Input::Key(key) if key.writes().is_some());
                    let burst = inputs.iter().filter(printable).count() > BURST;
                    let presses = decoder.take_presses();
                    (inputs.is_empty() || tell(Reader::Inputs { inputs, burst }))
                        && (presses.is_empty() || tell(Reader::Presses(presses)))
                }
            };
            if !told {
                return;
            }
        }
    })?;
    Ok(())
}

enum Wait {
    Bytes(Vec<u8>),
    Nothing,
    Gone,
}

fn wait(terminal: BorrowedFd<'_>, patience: Option<Duration>) -> Wait {
    let limit = patience.and_then(|patience| Timespec::try_from(patience).ok());
    loop {
        let mut polled = [PollFd::from_borrowed_fd(terminal, PollFlags::IN)];
        match poll(&mut polled, limit.as_ref()) {
            Ok(0) => return Wait::Nothing,
            Ok(_) => {}
            Err(Errno::INTR | Errno::AGAIN) => continue,
            Err(_) => return Wait::Gone,
        }
        let events = polled[0].revents();
        if !events.contains(PollFlags::IN) {
            return Wait::Gone;
        }
        let mut bytes = [0; 4096];
        match read(terminal, &mut bytes) {
            Ok(0) => return Wait::Gone,
            Ok(length) => return Wait::Bytes(bytes[..length].to_vec()),
            Err(Errno::INTR | Errno::AGAIN) => {}
            Err(_) => return Wait::Gone,
        }
    }
}
