//! Output through cpal, for platforms whose sound is reached in no other way. Only with the cargo feature `cpal`, which needs
//! ALSA's headers on Linux. A device has one rate, and sound is brought to it by our own resampler, never by a mixer.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        mpsc::{SyncSender, sync_channel},
    },
    time::Duration,
};

use cpal::{
    FromSample, OutputCallbackInfo, SampleFormat, SizedSample, StreamConfig,
    traits::{DeviceTrait, HostTrait, StreamTrait},
};

use super::{
    mailbox::{Mailbox, Report},
    output::{Output, OutputError},
};
use crate::sound::Resampler;

/// What may wait for the device, in milliseconds: at first, and after it ran dry.
const AHEAD_MS: [u64; 3] = [200, 400, 1000];
/// Longest wait for a device that is looked at.
const LOOK: Duration = Duration::from_secs(2);

/// What the device's own thread takes from.
struct Ring {
    mailbox: Arc<Mailbox>,
    stream: u64,
    /// At the device's rate, interleaved in the sound's own channels.
    samples: VecDeque<f32>,
    channels: usize,
    /// Bytes of the sound that a frame of the device stands for.
    bytes_a_frame: f64,
    /// Part of a byte that was not told yet.
    owed: f64,
    /// Seconds from the callback to the loudspeaker.
    device_s: f64,
    paused: bool,
    draining: bool,
    /// It was told to be dry already, or nothing came yet.
    dry: bool,
}

impl Ring {
    /// Fills what the device wants, with silence where there is nothing.
    fn fill<T: SizedSample + FromSample<f32>>(&mut self, data: &mut [T], wide: usize, info: &OutputCallbackInfo) {
        let times = info.timestamp();
        self.device_s = times.playback.duration_since(times.callback).as_secs_f64();
        let mut taken = 0_usize;
        for frame in data.chunks_mut(wide.max(1)) {
            if self.paused || self.samples.len() < self.channels {
                frame.fill(T::from_sample(0.0));
                continue;
            }
            let sounds: Vec<f32> = self.samples.drain(..self.channels).collect();
            for (at, sample) in frame.iter_mut().enumerate() {
                // Mono on all; more channels than the sound has repeat its sides.
                *sample = T::from_sample(sounds.get(at % self.channels).copied().unwrap_or_default());
            }
            taken += 1;
        }
        if taken > 0 {
            self.dry = false;
            self.give_credit(taken);
        }
        if !self.paused && self.samples.len() < self.channels && !self.dry {
            self.dry = true;
            let report = if std::mem::take(&mut self.draining) { Report::Drained } else { Report::Underflow };
            self.mailbox.report(self.stream, report);
        }
    }

    fn give_credit(&mut self, frames: usize) {
        self.owed += frames as f64 * self.bytes_a_frame;
        // Whole frames of the sound.
        let block = self.channels * 2;
        let bytes = (self.owed as usize / block) * block;
        self.owed -= bytes as f64;
        if bytes > 0 {
            self.mailbox.report(self.stream, Report::Credit { bytes });
        }
    }
}

/// A stream that is open.
struct Line {
    ring: Arc<Mutex<Ring>>,
    resampler: Option<Resampler>,
    rate: u32,
    /// Ends the thread that holds the device, when dropped.
    _hold: SyncSender<()>,
    wanted: std::sync::mpsc::Receiver<u32>,
}

/// The output by cpal.
pub(super) struct Cpal {
    name: String,
    device: String,
    mailbox: Arc<Mailbox>,
    line: Option<Line>,
    channels: u8,
    ahead: usize,
}

impl Cpal {
    /// Looks for the device; empty: the default one.
    pub(super) fn probe(device: &str, mailbox: &Arc<Mailbox>) -> Result<Self, OutputError> {
        let (sender, answer) = sync_channel(1);
        let wanted = device.to_owned();
        spawn(move || {
            let _ = sender.send(find(&wanted).and_then(|device| {
                device.default_output_config().map_err(failed)?;
                device.description().map(|description| description.name().to_owned()).map_err(failed)
            }));
        })?;
        let name = answer.recv_timeout(LOOK).unwrap_or_else(|_| Err(OutputError("the device does not answer".to_owned())))?;
        let (name, mailbox) = (format!("cpal {name}"), Arc::clone(mailbox));
        Ok(Self { name, device: device.to_owned(), mailbox, line: None, channels: 1, ahead: 0 })
    }

    fn line(&mut self) -> Result<&mut Line, OutputError> {
        self.line.as_mut().ok_or_else(|| OutputError("its stream is not open".to_owned()))
    }
}

fn lock(ring: &Mutex<Ring>) -> MutexGuard<'_, Ring> {
    ring.lock().unwrap_or_else(PoisonError::into_inner)
}

fn failed(error: cpal::Error) -> OutputError {
    OutputError(error.to_string().trim_end_matches('.').to_owned())
}

fn spawn(work: impl FnOnce() + Send + 'static) -> Result<(), OutputError> {
    let started = std::thread::Builder::new().name("cpal".to_owned()).spawn(work);
    started.map(|_| ()).map_err(|error| OutputError(format!("no thread for it: {error}")))
}

fn find(wanted: &str) -> Result<cpal::Device, OutputError> {
    let host = cpal::default_host();
    if wanted.is_empty() {
        return host.default_output_device().ok_or_else(|| OutputError("no device".to_owned()));
    }
    let mut devices = host.output_devices().map_err(failed)?;
    let named = devices.find(|device| device.description().is_ok_and(|description| description.name() == wanted));
    named.ok_or_else(|| OutputError(format!("no device {wanted}")))
}

/// Opens the device and lets it take from the ring until `held` is dropped.
fn hold(
    wanted: &str,
    ring: &Arc<Mutex<Ring>>,
    rate: &SyncSender<u32>,
    held: &std::sync::mpsc::Receiver<()>,
) -> Result<(), OutputError> {
    let device = find(wanted)?;
    let supported = device.default_output_config().map_err(failed)?;
    let (format, config) = (supported.sample_format(), StreamConfig::from(supported));
    let stream = match format {
        SampleFormat::I16 => build::<i16>(&device, config, ring),
        SampleFormat::I32 => build::<i32>(&device, config, ring),
        SampleFormat::U8 => build::<u8>(&device, config, ring),
        _ => build::<f32>(&device, config, ring),
    }?;
    let _ = rate.send(config.sample_rate);
    stream.play().map_err(failed)?;
    // Nothing is ever sent: it ends with the sender.
    let _ = held.recv();
    Ok(())
}

fn build<T: SizedSample + FromSample<f32>>(
    device: &cpal::Device,
    config: StreamConfig,
    ring: &Arc<Mutex<Ring>>,
) -> Result<cpal::Stream, OutputError> {
    let (filled, troubled) = (Arc::clone(ring), Arc::clone(ring));
    let wide = usize::from(config.channels);
    let fill = move |data: &mut [T], info: &OutputCallbackInfo| lock(&filled).fill(data, wide, info);
    let trouble = move |error: cpal::Error| {
        let ring = lock(&troubled);
        match error.kind() {
            cpal::ErrorKind::Xrun => ring.mailbox.report(ring.stream, Report::Underflow),
            cpal::ErrorKind::DeviceChanged => {}
            _ => ring.mailbox.report(ring.stream, Report::Lost { why: failed(error).0 }),
        }
    };
    device.build_output_stream(config, fill, trouble, Some(LOOK)).map_err(failed)
}

impl Output for Cpal {
    fn name(&self) -> &str {
        &self.name
    }

    fn open(&mut self, stream: u64, rate: u32, channels: u8) -> Result<(), OutputError> {
        self.close();
        self.channels = channels;
        let ring = Arc::new(Mutex::new(Ring {
            mailbox: Arc::clone(&self.mailbox),
            stream,
            samples: VecDeque::new(),
            channels: usize::from(channels),
            bytes_a_frame: f64::from(channels) * 2.0,
            owed: 0.0,
            device_s: 0.0,
            paused: false,
            draining: false,
            dry: true,
        }));
        let bytes = (u64::from(rate) * AHEAD_MS[self.ahead] / 1000) as usize * usize::from(channels) * 2;
        let (hold_it, held) = sync_channel(1);
        let (send_rate, wanted) = sync_channel(1);
        let (device, mailbox, taken) = (self.device.clone(), Arc::clone(&self.mailbox), Arc::clone(&ring));
        spawn(move || {
            let (tell, opened) = sync_channel(1);
            let forward = mailbox.clone();
            let set = Arc::clone(&taken);
            let _ = spawn(move || {
                if let Ok(device_rate) = opened.recv() {
                    lock(&set).bytes_a_frame *= f64::from(rate) / f64::from(device_rate);
                    let _ = send_rate.send(device_rate);
                    forward.report(stream, Report::Opened { bytes });
                }
            });
            if let Err(error) = self::hold(&device, &taken, &tell, &held) {
                mailbox.report(stream, Report::Lost { why: error.0 });
            }
        })?;
        self.line = Some(Line { ring, resampler: None, rate, _hold: hold_it, wanted });
        Ok(())
    }

    fn write(&mut self, samples: &[i16]) -> Result<(), OutputError> {
        let channels = self.channels;
        let line = self.line()?;
        if line.resampler.is_none() {
            // Known once it is open, and nothing is written before that.
            let rate = line.wanted.try_recv().map_err(|_| OutputError("its stream is not open".to_owned()))?;
            line.resampler = Some(Resampler::new(channels, line.rate, rate));
        }
        let mut wave = Vec::new();
        if let Some(resampler) = &mut line.resampler {
            resampler.push(samples, &mut wave);
        }
        lock(&line.ring).samples.extend(wave);
        Ok(())
    }

    fn pause(&mut self, pause: bool) -> Result<(), OutputError> {
        lock(&self.line()?.ring).paused = pause;
        Ok(())
    }

    fn flush(&mut self) -> Result<(), OutputError> {
        let mut ring = lock(&self.line()?.ring);
        let frames = ring.samples.len() / ring.channels;
        ring.samples.clear();
        (ring.dry, ring.draining) = (true, false);
        ring.give_credit(frames);
        Ok(())
    }

    fn drain(&mut self) -> Result<(), OutputError> {
        let line = self.line()?;
        let mut wave = Vec::new();
        if let Some(resampler) = &mut line.resampler {
            resampler.finish(&mut wave);
        }
        let mut ring = lock(&line.ring);
        ring.samples.extend(wave);
        ring.draining = true;
        // Also where everything was taken already, the end is told by the next callback.
        ring.dry = false;
        Ok(())
    }

    fn ask_latency(&mut self, written: u64) -> Result<(), OutputError> {
        let line = self.line()?;
        let rate = f64::from(line.rate);
        let ring = lock(&line.ring);
        let queued = (ring.samples.len() / ring.channels) as f64 * ring.bytes_a_frame / (ring.channels * 2) as f64;
        let waiting = queued + ring.device_s * rate;
        ring.mailbox.report(ring.stream, Report::Latency { written, waiting, playing: !ring.paused });
        Ok(())
    }

    fn close(&mut self) {
        self.line = None;
    }

    fn hold_more(&mut self) {
        self.ahead = (self.ahead + 1).min(AHEAD_MS.len() - 1);
    }
}
