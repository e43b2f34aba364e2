//! `callreel peaks`: the waveform of a recording or a file as JSON, and who speaks in it.

use serde::Serialize;

use super::{
    Context, ExitStatus, Failure, Outcome,
    listen::{self, Named},
    play::seconds,
};
use crate::{
    sound::{self, StoredPeaks},
    wire,
};

/// Later than any recording ends: what lies behind the end means the end.
const END_S: f64 = 1e9;

/// Waveform of a recording or any sound file, as JSON
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Id of a recording, or path of a file
    #[arg(value_name = "RECORDING|FILE")]
    what: String,
    /// How many columns
    #[arg(long, value_name = "N", default_value_t = 80, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    width: u32,
    /// Begin there: 90, 1:30 or 1m30s
    #[arg(long, value_name = "T", value_parser = seconds)]
    from: Option<f64>,
    /// End there
    #[arg(long, value_name = "T", value_parser = seconds)]
    until: Option<f64>,
    /// Also tell who speaks when
    #[arg(long)]
    speech: bool,
}

#[derive(Serialize)]
struct Told {
    #[serde(flatten)]
    peaks: wire::Peaks,
    #[serde(skip_serializing_if = "Option::is_none")]
    speech: Option<wire::Speech>,
}

/// Writes one object; each level is 0 (silence) to 255 (full scale), -50 to 0 dB.
///
/// # Errors
/// Status 4 when there is no such recording or file, 1 when it cannot be decoded, 2 for a part that ends before it begins.
pub async fn run(args: Args, context: &Context) -> Outcome {
    let width = args.width as usize;
    if args.until.is_some_and(|until| until <= args.from.unwrap_or(0.0)) {
        return Err(Failure::usage("the part ends before it begins"));
    }
    let between = (args.from.is_some() || args.until.is_some()).then(|| [args.from.unwrap_or(0.0), args.until.unwrap_or(END_S)]);
    let told = match Named::of(&args.what) {
        Named::Recording(id) => {
            let client = context.client().await?;
            let peaks = match between {
                None => client.peaks(&id, width).await?,
                Some(between) => client.peaks_between(&id, width, between).await?,
            };
            Told { peaks, speech: if args.speech { Some(client.speech(&id).await?) } else { None } }
        }
        Named::File(path) => {
            let shown = Named::File(path.clone()).shown();
            let work = tokio::task::spawn_blocking(move || {
                let mut decoder = listen::open_file(&path)?;
                of_file(&mut *decoder, shown, width, between, args.speech)
            });
            work.await.map_err(|why| Failure::failed(format!("reading stopped: {why}")))??
        }
    };
    let json = serde_json::to_string(&told).map_err(|why| Failure::failed(format!("the waveform cannot be written: {why}")))?;
    context.line(&json)?;
    Ok(ExitStatus::Done)
}

fn of_file(
    decoder: &mut dyn sound::Decoder,
    shown: String,
    width: usize,
    between: Option<wire::Span>,
    speech: bool,
) -> Result<Told, Failure> {
    let failed = |why: sound::SoundError| Failure::failed(format!("{shown}: {why}"));
    let peaks = if speech { StoredPeaks::with_speech(decoder) } else { StoredPeaks::compute(decoder) }.map_err(failed)?;
    let length = peaks.seconds();
    let [from_s, until_s] = between.map_or([0.0, length], |[from, until]| [from, until.min(length)]);
    if from_s > 0.0 && from_s >= length {
        return Err(Failure::failed(format!("{shown}: {from_s} s lies behind the end; it is {length:.1} s long")));
    }
    let kept = between.map_or_else(|| Some(peaks.columns(width)), |_| peaks.columns_between([from_s, until_s], width));
    let levels = match kept {
        Some(levels) => levels,
        None => {
            let frame = |seconds: f64| (seconds * f64::from(peaks.rate)).round() as u64;
            sound::part(decoder, [frame(from_s), frame(until_s)], width).map_err(failed)?
        }
    };
    let sides = peaks.speech.map(|sides| sides.0);
    let speech = sides.map(|sides| wire::Speech::of(shown.clone(), length, sides, Vec::new(), Vec::new()));
    let length_s = (length * 10.0).round() / 10.0;
    let channels = peaks.channels;
    Ok(Told { peaks: wire::Peaks { recording: shown, length_s, from_s, until_s, channels, width, levels }, speech })
}
