//! Bare ALSA, for machines without a sound server. The library is opened at run time: without it this is a sentence and not
//! a failed start. Opening and writing block, so all of it lives on a thread of its own.

#![expect(unsafe_code, reason = "libasound is a C library; no other way leads to a bare sound card")]

use std::{
    ffi::{CStr, CString, c_char, c_int, c_long, c_uint, c_ulong, c_void},
    ptr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    },
    thread::Thread,
    time::Duration,
};

use libloading::Library;

use super::{
    mailbox::{Mailbox, Report},
    output::{Output, OutputError},
};

/// The card's own buffer.
const LATENCY_US: c_uint = 100_000;
/// What may wait for the card, in milliseconds; written in pieces of a quarter.
const AHEAD_MS: u64 = 200;
/// Longest wait for a device that is being opened.
const OPEN: Duration = Duration::from_secs(2);

type ErrorHandler = unsafe extern "C" fn(*const c_char, c_int, *const c_char, c_int, *const c_char);

/// The functions that are used, with the library they live in.
struct Functions {
    open: unsafe extern "C" fn(*mut *mut c_void, *const c_char, c_int, c_int) -> c_int,
    set_params: unsafe extern "C" fn(*mut c_void, c_int, c_int, c_uint, c_uint, c_int, c_uint) -> c_int,
    writei: unsafe extern "C" fn(*mut c_void, *const c_void, c_ulong) -> c_long,
    recover: unsafe extern "C" fn(*mut c_void, c_int, c_int) -> c_int,
    drop: unsafe extern "C" fn(*mut c_void) -> c_int,
    prepare: unsafe extern "C" fn(*mut c_void) -> c_int,
    drain: unsafe extern "C" fn(*mut c_void) -> c_int,
    close: unsafe extern "C" fn(*mut c_void) -> c_int,
    strerror: unsafe extern "C" fn(c_int) -> *const c_char,
    _library: Library,
}

/// Takes the library's messages, which would otherwise be printed over the screen. The real one has variable arguments;
/// those are never looked at.
unsafe extern "C" fn quiet(_: *const c_char, _: c_int, _: *const c_char, _: c_int, _: *const c_char) {}

impl Functions {
    fn load() -> Result<Self, OutputError> {
        let failed = |_| OutputError("libasound.so.2 is not installed".to_owned());
        // SAFETY: loading runs the library's constructors, which is what every program that links it does too. The types
        // are those of <alsa/pcm.h> and <alsa/error.h>; the library is kept as long as the functions.
        unsafe {
            let library = Library::new("libasound.so.2").map_err(failed)?;
            let set_handler = *library
                .get::<unsafe extern "C" fn(Option<ErrorHandler>) -> c_int>(b"snd_lib_error_set_handler\0")
                .map_err(failed)?;
            set_handler(Some(quiet));
            Ok(Self {
                open: *library.get(b"snd_pcm_open\0").map_err(failed)?,
                set_params: *library.get(b"snd_pcm_set_params\0").map_err(failed)?,
                writei: *library.get(b"snd_pcm_writei\0").map_err(failed)?,
                recover: *library.get(b"snd_pcm_recover\0").map_err(failed)?,
                drop: *library.get(b"snd_pcm_drop\0").map_err(failed)?,
                prepare: *library.get(b"snd_pcm_prepare\0").map_err(failed)?,
                drain: *library.get(b"snd_pcm_drain\0").map_err(failed)?,
                close: *library.get(b"snd_pcm_close\0").map_err(failed)?,
                strerror: *library.get(b"snd_strerror\0").map_err(failed)?,
                _library: library,
            })
        }
    }

    fn check(&self, code: c_int) -> Result<c_int, OutputError> {
        if code >= 0 {
            return Ok(code);
        }
        if code == -2 || code == -19 {
            return Err(OutputError("no card".to_owned()));
        }
        // SAFETY: snd_strerror gives a static text for any number.
        let text = unsafe { CStr::from_ptr((self.strerror)(code)) };
        Err(OutputError(text.to_string_lossy().into_owned()))
    }
}

/// An opened device.
struct Device {
    functions: Functions,
    handle: *mut c_void,
}

impl Device {
    fn open(name: &str) -> Result<Self, OutputError> {
        let functions = Functions::load()?;
        let name = CString::new(name).map_err(|_| OutputError("no such device".to_owned()))?;
        let mut handle = ptr::null_mut();
        // SAFETY: both pointers live through the call. 0: playback; 0: blocking.
        let code = unsafe { (functions.open)(&raw mut handle, name.as_ptr(), 0, 0) };
        functions.check(code)?;
        Ok(Self { functions, handle })
    }

    fn set(&self, rate: u32, channels: u8) -> Result<(), OutputError> {
        // SAFETY: the handle is open. 2: S16_LE; 3: RW_INTERLEAVED; 1: may resample.
        let code = unsafe { (self.functions.set_params)(self.handle, 2, 3, c_uint::from(channels), rate, 1, LATENCY_US) };
        self.functions.check(code).map(|_| ())
    }

    /// Blocks until the card took all of it.
    fn write(&self, mut samples: &[i16], channels: usize) -> Result<(), OutputError> {
        while samples.len() >= channels {
            let frames = (samples.len() / channels) as c_ulong;
            // SAFETY: the buffer holds so many frames of the channels that were set.
            let written = unsafe { (self.functions.writei)(self.handle, samples.as_ptr().cast(), frames) };
            if written < 0 {
                // SAFETY: the handle is open. 1: silently. Underrun and suspend end here; the rest is an error.
                let code = unsafe { (self.functions.recover)(self.handle, c_int::try_from(written).unwrap_or(-5), 1) };
                self.functions.check(code)?;
            } else {
                samples = samples.get(written as usize * channels..).unwrap_or_default();
            }
        }
        Ok(())
    }

    /// Forgets what the card holds and makes it ready again.
    fn flush(&self) {
        // SAFETY: the handle is open; both calls are allowed in every state.
        unsafe {
            (self.functions.drop)(self.handle);
            (self.functions.prepare)(self.handle);
        }
    }

    fn drain(&self) {
        // SAFETY: the handle is open. Prepared again, so that writing may go on.
        unsafe {
            (self.functions.drain)(self.handle);
            (self.functions.prepare)(self.handle);
        }
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        // SAFETY: the handle is open and never used again.
        unsafe {
            (self.functions.close)(self.handle);
        }
    }
}

enum Order {
    Write { generation: u64, samples: Vec<i16> },
    Drain { generation: u64 },
}

/// One stream: a thread that owns the device.
struct Stream {
    orders: SyncSender<Order>,
    thread: Thread,
    controls: Arc<Controls>,
}

#[derive(Default)]
struct Controls {
    paused: AtomicBool,
    ended: AtomicBool,
    /// Orders of an older generation were flushed.
    generation: AtomicU64,
    /// Frames handed over and not yet taken by the card.
    waiting: AtomicU64,
}

/// The output by ALSA.
pub(super) struct Alsa {
    name: String,
    device: String,
    mailbox: Arc<Mailbox>,
    stream: Option<Stream>,
    id: u64,
    rate: u32,
    channels: usize,
}

impl Alsa {
    /// Opens and closes the device once, to see whether there is one.
    pub(super) fn probe(device: &str, mailbox: &Arc<Mailbox>) -> Result<Self, OutputError> {
        let (sender, answer) = sync_channel(1);
        let name = device.to_owned();
        spawn(move || {
            let _ = sender.send(Device::open(&name).map(|_| ()));
        })?;
        answer.recv_timeout(OPEN).unwrap_or_else(|_| Err(OutputError("the card does not answer".to_owned())))?;
        Ok(Self {
            name: format!("ALSA {device}"),
            device: device.to_owned(),
            mailbox: Arc::clone(mailbox),
            stream: None,
            id: 0,
            rate: 8000,
            channels: 1,
        })
    }

    fn stream(&self) -> Result<&Stream, OutputError> {
        self.stream.as_ref().ok_or_else(|| OutputError("its stream is not open".to_owned()))
    }

    fn order(&self, order: Order) -> Result<(), OutputError> {
        self.stream()?.orders.try_send(order).map_err(|_| OutputError("the card takes nothing more".to_owned()))
    }

    fn ahead_frames(&self) -> u64 {
        u64::from(self.rate) * AHEAD_MS / 1000
    }
}

fn spawn(work: impl FnOnce() + Send + 'static) -> Result<Thread, OutputError> {
    let started = std::thread::Builder::new().name("alsa".to_owned()).spawn(work);
    started.map(|handle| handle.thread().clone()).map_err(|error| OutputError(format!("no thread for it: {error}")))
}

impl Output for Alsa {
    fn name(&self) -> &str {
        &self.name
    }

    fn open(&mut self, stream: u64, rate: u32, channels: u8) -> Result<(), OutputError> {
        self.close();
        (self.id, self.rate, self.channels) = (stream, rate, usize::from(channels));
        // Bounded by credit; the channel's own bound only stops a mistake.
        let (orders, receiver) = sync_channel(256);
        let controls = Arc::new(Controls::default());
        let (mailbox, device, shared) = (Arc::clone(&self.mailbox), self.device.clone(), Arc::clone(&controls));
        let credit = self.ahead_frames() as usize * self.channels * 2;
        let thread = spawn(move || {
            let played = Device::open(&device).and_then(|device| {
                device.set(rate, channels)?;
                mailbox.report(stream, Report::Opened { bytes: credit });
                play(&device, &receiver, &shared, usize::from(channels), stream, &mailbox)
            });
            if let Err(error) = played {
                mailbox.report(stream, Report::Lost { why: error.0 });
            }
        })?;
        self.stream = Some(Stream { orders, thread, controls });
        Ok(())
    }

    fn write(&mut self, samples: &[i16]) -> Result<(), OutputError> {
        let piece = (self.ahead_frames() / 4).max(1) as usize * self.channels;
        for samples in samples.chunks(piece) {
            let controls = &self.stream()?.controls;
            controls.waiting.fetch_add((samples.len() / self.channels) as u64, Ordering::Relaxed);
            let generation = controls.generation.load(Ordering::Acquire);
            self.order(Order::Write { generation, samples: samples.to_vec() })?;
        }
        Ok(())
    }

    fn pause(&mut self, pause: bool) -> Result<(), OutputError> {
        let stream = self.stream()?;
        stream.controls.paused.store(pause, Ordering::Release);
        stream.thread.unpark();
        Ok(())
    }

    fn flush(&mut self) -> Result<(), OutputError> {
        self.stream()?.controls.generation.fetch_add(1, Ordering::AcqRel);
        Ok(())
    }

    fn drain(&mut self) -> Result<(), OutputError> {
        let generation = self.stream()?.controls.generation.load(Ordering::Acquire);
        self.order(Order::Drain { generation })
    }

    fn ask_latency(&mut self, written: u64) -> Result<(), OutputError> {
        let controls = &self.stream()?.controls;
        let card = u64::from(self.rate) * u64::from(LATENCY_US) / 1_000_000;
        let waiting = (controls.waiting.load(Ordering::Relaxed) + card) as f64;
        let playing = !controls.paused.load(Ordering::Acquire);
        self.mailbox.report(self.id, Report::Latency { written, waiting, playing });
        Ok(())
    }

    fn close(&mut self) {
        if let Some(stream) = self.stream.take() {
            stream.controls.ended.store(true, Ordering::Release);
            stream.thread.unpark();
        }
    }

    fn hold_more(&mut self) {}
}

impl Drop for Alsa {
    fn drop(&mut self) {
        self.close();
    }
}

/// Carries out orders until the stream is closed. While paused it is parked: not every card can be told to wait, so the
/// card plays out its 100 ms and recovers later.
fn play(
    device: &Device,
    orders: &Receiver<Order>,
    controls: &Controls,
    channels: usize,
    stream: u64,
    mailbox: &Mailbox,
) -> Result<(), OutputError> {
    let mut current = 0;
    loop {
        if controls.ended.load(Ordering::Acquire) {
            device.flush();
            return Ok(());
        }
        let generation = controls.generation.load(Ordering::Acquire);
        if generation != current {
            device.flush();
            current = generation;
        }
        if controls.paused.load(Ordering::Acquire) {
            std::thread::park();
            continue;
        }
        match orders.recv_timeout(Duration::from_millis(100)) {
            Ok(Order::Write { generation, samples }) => {
                if generation == controls.generation.load(Ordering::Acquire) {
                    device.write(&samples, channels)?;
                }
                controls.waiting.fetch_sub((samples.len() / channels) as u64, Ordering::Relaxed);
                mailbox.report(stream, Report::Credit { bytes: samples.len() * 2 });
            }
            Ok(Order::Drain { generation }) if generation == controls.generation.load(Ordering::Acquire) => {
                device.drain();
                mailbox.report(stream, Report::Drained);
            }
            Ok(Order::Drain { .. }) | Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
    }
}
