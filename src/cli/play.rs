//! `callreel play`: a recording or a file, to the ear or to a WAV file.

use std::{
    io::{Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use indicatif::ProgressBar;
use tokio::sync::mpsc;

use super::{
    Context, ExitStatus, Failure, Outcome,
    listen::{self, Named, Opened},
    receipts::Receipts,
};
use crate::{
    domain::clean,
    playback::{self, Command, Environment, Event, Feed, Player, PlayerOptions, SilenceRule},
    sound::{self, Decoder},
};

/// Play a recording, a clip or any sound file (a file needs no database)
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Id of a recording or clip, or path of a file
    #[arg(value_name = "RECORDING|FILE")]
    what: String,
    /// Begin there: seconds, m:ss, h:mm:ss, or 1m30s
    #[arg(long, value_name = "T", value_parser = seconds)]
    from: Option<f64>,
    /// Faster or slower without change of pitch, 0.5 to 3
    #[arg(long, value_name = "X", value_parser = speed)]
    speed: Option<f32>,
    /// Leave out silence of 1.5 s and more
    #[arg(long)]
    skip_silence: bool,
    /// Hear one side alone
    #[arg(long, value_enum, value_name = "SIDE", default_value = "both")]
    side: Side,
    /// Where it sounds: pulse:SERVER, alsa:NAME, ear, ear:PLACE, or the name of a sink
    #[arg(long, value_name = "NAME", conflicts_with = "output")]
    device: Option<String>,
    /// Write it to this WAV file (16-bit PCM) instead of playing
    #[arg(long, value_name = "OUT.wav")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Side {
    Left,
    Right,
    Both,
}

impl From<Side> for playback::Side {
    fn from(side: Side) -> Self {
        match side {
            Side::Left => Self::Left,
            Side::Right => Self::Right,
            Side::Both => Self::Both,
        }
    }
}

/// Plays or renders.
///
/// # Errors
/// Status 4 when there is no such recording or file, 6 without a sound output, 1 when it cannot be decoded.
pub async fn run(args: Args, context: &Context) -> Outcome {
    let named = Named::of(&args.what);
    let Opened { decoder, of } = listen::open(&named, context).await?;
    if decoder.facts().is_empty() {
        return Err(Failure::failed(format!("{}: no sound was written", named.shown())));
    }
    if let Some(warning) = &decoder.facts().warning {
        context.say(&format!("{}: {warning}", named.shown()));
    }
    let length = decoder.facts().seconds();
    if args.from.is_some_and(|from| from >= length) {
        return Err(Failure::usage(format!("--from lies behind the end: {} is {length:.1} s long", named.shown())));
    }
    match &args.output {
        Some(output) => render(&args, &named, output.clone(), decoder, context).await,
        None => sound_out(&args, decoder, of.map(Receipts::new), context).await,
    }
}

async fn sound_out(args: &Args, decoder: Box<dyn Decoder>, mut receipts: Option<Receipts>, context: &Context) -> Outcome {
    // Events are few and small; a full channel could only lose a position.
    let (sender, mut events) = mpsc::channel(1024);
    let options = PlayerOptions {
        output: args.device.clone().or_else(|| context.settings.sound.output.clone()),
        tick: Duration::from_millis(200),
        environment: listen::environment(context),
    };
    let bar = context.progress("playing", Some(decoder.facts().seconds().ceil() as u64));
    let player = Player::start(options, move |event| {
        let _ = sender.try_send(event);
    });
    player.send(Command::Volume(f32::from(context.settings.sound.volume.unwrap_or(100)) / 100.0));
    player.send(Command::Speed(args.speed.unwrap_or(1.0)));
    player.send(Command::Side(args.side.into()));
    player.send(Command::SkipSilence(args.skip_silence.then(SilenceRule::default)));
    player.send(Command::Load { generation: 1, decoder, at: args.from.unwrap_or(0.0) });
    let outcome = follow(&mut events, &bar, context, receipts.as_mut()).await;
    bar.finish_and_clear();
    if let Some(receipts) = receipts {
        // What was heard last is told once it stands still.
        player.send(Command::Stop);
        receipts.end(&mut events, context).await;
    }
    drop(player);
    outcome
}

/// A lost output is waited for so long; then the command ends, as it does where there was none.
const PATIENCE: Duration = Duration::from_secs(30);

/// Until the end, a failure, or Ctrl-C.
async fn follow(
    events: &mut mpsc::Receiver<Event>,
    bar: &ProgressBar,
    context: &Context,
    mut receipts: Option<&mut Receipts>,
) -> Outcome {
    let environment = listen::environment(context);
    let mut lost: Option<(String, tokio::time::Instant)> = None;
    let interrupt = tokio::signal::ctrl_c();
    tokio::pin!(interrupt);
    loop {
        let event = tokio::select! {
            event = events.recv() => event,
            () = past(lost.as_ref().map(|(_, until)| *until)) => {
                let why = lost.map_or_else(String::new, |(why, _)| why);
                return Err(Failure::new(ExitStatus::OutOfReach, format!("{why}; the output did not come back")));
            }
            _ = &mut interrupt => return Ok(ExitStatus::Done),
        };
        if let (Some(receipts), Some(event)) = (&mut receipts, &event) {
            receipts.take(event).await;
        }
        match event {
            Some(Event::Position { seconds, .. }) => bar.set_position(seconds as u64),
            Some(Event::NoOutput { tried, advice }) => {
                return Err(Failure::new(ExitStatus::OutOfReach, no_sound(&tried, &advice, &environment)));
            }
            Some(Event::Failed { why, .. }) => return Err(Failure::failed(why)),
            Some(Event::Ended { .. }) => return Ok(ExitStatus::Done),
            Some(Event::Lost { why }) => {
                context.say(&format!("{why}; paused, the output is looked for again"));
                lost = Some((why, tokio::time::Instant::now() + PATIENCE));
            }
            Some(Event::Playing { .. }) => lost = None,
            Some(Event::Waiting { why, .. }) => context.say(&why),
            Some(Event::Output(_) | Event::Paused { .. } | Event::Skipped { .. } | Event::Heard { .. }) => {}
            None => return Err(Failure::failed("the player stopped by itself; nothing more can be played")),
        }
    }
}

/// Waits until then; without a time for ever.
async fn past(until: Option<tokio::time::Instant>) {
    match until {
        Some(until) => tokio::time::sleep_until(until).await,
        None => std::future::pending().await,
    }
}

/// Why nothing is heard, and all ways to change that.
fn no_sound(tried: &[String], advice: &str, environment: &Environment) -> String {
    let mut text = playback::no_sound(tried, advice);
    for (n, way) in playback::ways(environment).into_iter().enumerate() {
        let here = way.here.map_or_else(String::new, |here| format!("\n     then here: {here}"));
        text.push_str(&format!("\n  {}. {}: {}{here}\n     {}", n + 1, way.title, way.command, way.why));
    }
    text
}

async fn render(args: &Args, named: &Named, output: PathBuf, decoder: Box<dyn Decoder>, context: &Context) -> Outcome {
    if let Named::File(input) = named
        && let (Ok(input), Ok(existing)) = (input.canonicalize(), output.canonicalize())
        && input == existing
    {
        return Err(Failure::usage(format!("--output names the file that is played ({}); name another", named.shown())));
    }
    let suffix = output.extension().map(|suffix| suffix.to_string_lossy().to_lowercase()).unwrap_or_default();
    if matches!(suffix.as_str(), "mp3" | "opus" | "ogg" | "flac" | "m4a" | "aac") {
        return Err(Failure::usage(format!(
            "--output writes WAV, and {suffix} is none: name it .wav; callreel download --convert writes mp3 and opus"
        )));
    }
    let channels = decoder.facts().channels;
    let bar = context.progress("writing", Some(decoder.facts().frames));
    let from = (args.from.unwrap_or(0.0) * f64::from(decoder.facts().rate)).round() as u64;
    let mut feed = Feed::new(decoder);
    feed.set_side(args.side.into());
    feed.set_skip_silence(args.skip_silence.then(SilenceRule::default));
    feed.set_speed(args.speed.unwrap_or(1.0));
    let (work_bar, target) = (bar.clone(), output.clone());
    let written = tokio::task::spawn_blocking(move || write_wav(&mut feed, from, channels, &target, &work_bar)).await;
    bar.finish_and_clear();
    match written {
        Ok(Ok(seconds)) => {
            context.say(&format!("{}: {seconds:.1} s", output.display()));
            Ok(ExitStatus::Done)
        }
        Ok(Err(why)) => {
            Err(Failure::failed(format!("{} is not written: {why}", clean::line(&output.display().to_string(), 200))))
        }
        Err(why) => Err(Failure::failed(format!("writing stopped: {why}"))),
    }
}

/// Beside the target and renamed at the end, so that no half file is left. Gives the seconds written.
fn write_wav(feed: &mut Feed, from: u64, channels: u8, output: &Path, bar: &ProgressBar) -> Result<f64, String> {
    let text = |error: std::io::Error| error.to_string();
    let folder = output.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let mut file = std::io::BufWriter::new(
        // 0600: a recording is nobody else's.
        tempfile::Builder::new().prefix(".callreel-").tempfile_in(folder).map_err(text)?,
    );
    file.write_all(&sound::wav_header(channels, feed.rate(), 0)).map_err(text)?;
    feed.seek(from).map_err(|error| error.to_string())?;
    let (mut frames, mut samples) = (0_u64, Vec::new());
    loop {
        samples.clear();
        match feed.pull(&mut samples) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) if frames == 0 => return Err(error.to_string()),
            // A damaged end: what came before it is worth having.
            Err(_) => break,
        }
        for sample in &samples {
            file.write_all(&((sample * 32768.0).round() as i16).to_le_bytes()).map_err(text)?;
        }
        frames += (samples.len() / usize::from(channels)) as u64;
        bar.set_position(frames);
    }
    file.seek(SeekFrom::Start(0)).map_err(text)?;
    file.write_all(&sound::wav_header(channels, feed.rate(), frames)).map_err(text)?;
    let file = file.into_inner().map_err(|error| error.to_string())?;
    file.as_file().sync_all().map_err(text)?;
    file.persist(output).map_err(|error| error.error.to_string())?;
    Ok(frames as f64 / f64::from(feed.rate()))
}

/// `90`, `90.5`, `1:30`, `1:02:03`, `1m30s`.
pub(super) fn seconds(text: &str) -> Result<f64, String> {
    let wrong = || format!("{text:?} is no place in a recording; write 90, 1:30, 1:02:03 or 1m30s");
    let number = |part: &str| {
        let plain = !part.is_empty() && part.chars().all(|c| c.is_ascii_digit() || c == '.');
        part.parse::<f64>().ok().filter(|value| plain && *value < 1e7).ok_or_else(wrong)
    };
    if text.contains(':') {
        let parts: Vec<f64> = text.split(':').map(number).collect::<Result<_, _>>()?;
        return if parts.len() <= 3 { Ok(parts.iter().fold(0.0, |sum, part| sum * 60.0 + part)) } else { Err(wrong()) };
    }
    if text.ends_with(|c: char| c.is_ascii_digit() || c == '.') {
        return number(text);
    }
    let (mut rest, mut sum) = (text, 0.0);
    for (unit, factor) in [('h', 3600.0), ('m', 60.0), ('s', 1.0)] {
        if let Some((part, later)) = rest.split_once(unit) {
            sum += number(part)? * factor;
            rest = later;
        }
    }
    if rest.is_empty() && !text.is_empty() { Ok(sum) } else { Err(wrong()) }
}

fn speed(text: &str) -> Result<f32, String> {
    let speed = text.trim_end_matches(['x', '×']).parse::<f32>().ok().filter(|speed| playback::SPEEDS.contains(speed));
    speed.ok_or_else(|| format!("{text:?} is no speed; from 0.5 to 3"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_in_a_recording() {
        assert_eq!(
            ["90", "1:30", "1m30s", "90.5", "1:02:03", "1h2m3s", "2m"].map(seconds),
            [Ok(90.0), Ok(90.0), Ok(90.0), Ok(90.5), Ok(3723.0), Ok(3723.0), Ok(120.0)]
        );
        for wrong in ["", "-1", "1:2:3:4", "abc", "1x", "nan", "inf", "1e9", "s", ":"] {
            assert!(seconds(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn speeds_have_bounds() {
        assert_eq!(speed("1.5x"), Ok(1.5));
        assert!(["0", "4", "nan", "fast"].iter().all(|text| speed(text).is_err()));
    }
}
