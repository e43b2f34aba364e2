//! `callreel peaks`: the waveform of a recording or a file as JSON.

use super::{
    Context, ExitStatus, Failure, Outcome,
    listen::{self, Named},
};
use crate::{sound::StoredPeaks, wire};

/// Waveform of a recording or any sound file, as JSON
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Id of a recording, or path of a file
    #[arg(value_name = "RECORDING|FILE")]
    what: String,
    /// How many columns
    #[arg(long, value_name = "N", default_value_t = 80, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    width: u32,
}

/// Writes one object; each level is 0 (silence) to 255 (full scale), -50 to 0 dB.
///
/// # Errors
/// Status 4 when there is no such recording or file, 1 when it cannot be decoded.
pub async fn run(args: Args, context: &Context) -> Outcome {
    let width = args.width as usize;
    let peaks = match Named::of(&args.what) {
        Named::Recording(id) => context.client().await?.peaks(&id, width).await?,
        Named::File(path) => {
            let named = Named::File(path.clone());
            let work = tokio::task::spawn_blocking(move || {
                let mut decoder = listen::open_file(&path)?;
                StoredPeaks::compute(&mut *decoder).map_err(|why| Failure::failed(why.to_string()))
            });
            let peaks = work.await.map_err(|why| Failure::failed(format!("reading stopped: {why}")))??;
            wire::Peaks {
                recording: named.shown(),
                length_s: (peaks.seconds() * 10.0).round() / 10.0,
                from_s: 0.0,
                until_s: peaks.seconds(),
                channels: peaks.channels,
                width,
                levels: peaks.columns(width),
            }
        }
    };
    let json = serde_json::to_string(&peaks).map_err(|why| Failure::failed(format!("the waveform cannot be written: {why}")))?;
    context.line(&json)?;
    Ok(ExitStatus::Done)
}
