//! Sounds to measure with, made by ffmpeg: speech of an hour and of ten, and a tone that begins where it is known to.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, bail};

pub struct Corpus {
    folder: PathBuf,
    _temporary: Option<tempfile::TempDir>,
}

/// From here on the tone sounds, in seconds; before it there is silence.
pub const TONE: f64 = 60.0;

impl Corpus {
    pub fn new(keep: Option<&Path>) -> anyhow::Result<Self> {
        if let Some(folder) = keep {
            std::fs::create_dir_all(folder)?;
            return Ok(Self { folder: folder.to_owned(), _temporary: None });
        }
        let temporary = tempfile::tempdir()?;
        Ok(Self { folder: temporary.path().to_owned(), _temporary: Some(temporary) })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Speech of so many hours, 16 kHz mono; the suffix tells the format.
    pub fn speech(&self, hours: u32, suffix: &str) -> anyhow::Result<PathBuf> {
        let made = self.folder.join(format!("speech-{hours}h.{suffix}"));
        if !made.exists() {
            let seconds = (hours * 3600).to_string();
            let source = self.talk()?;
            let coding: &[&str] = match suffix {
                "mp3" => &["-c:a", "libmp3lame", "-b:a", "32k"],
                "opus" => &["-c:a", "libopus", "-b:a", "16k", "-application", "voip"],
                "gsm" => &["-ar", "8000", "-f", "gsm"],
                "alaw.wav" => &["-ar", "8000", "-c:a", "pcm_alaw"],
                "flac" => &["-c:a", "flac"],
                "ogg" => &["-c:a", "libvorbis"],
                _ => &["-c:a", "pcm_s16le"],
            };
            let input = ["-stream_loop", "-1", "-i", super::programs::path(&source), "-t", &seconds, "-ac", "1"];
            ffmpeg(&[&input, coding].concat(), &made)?;
        }
        Ok(made)
    }

    /// An hour: silence, then from [`TONE`] on a tone without a gap.
    pub fn tone(&self, suffix: &str) -> anyhow::Result<PathBuf> {
        let made = self.folder.join(format!("tone.{suffix}"));
        if !made.exists() {
            let tone = format!("aevalsrc=if(gte(t\\,{TONE})\\,0.4*sin(2*PI*440*t)\\,0):s=16000:d=3600");
            ffmpeg(&["-f", "lavfi", "-i", &tone, "-ac", "1"], &made)?;
        }
        Ok(made)
    }

    /// Ten minutes of talk: the recordings that the tests have, one after the other.
    fn talk(&self) -> anyhow::Result<PathBuf> {
        let made = self.folder.join("talk.wav");
        if !made.exists() {
            let demo = self.folder.join("demo");
            let status = Command::new(super::programs::OURS)
                .args(["demo", "--calls", "200", "--seed", "1", "--dir"])
                .arg(&demo)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status();
            status.context("the demo cannot be made")?;
            let list = self.folder.join("talk.txt");
            let mut sounds = Vec::new();
            wavs(&demo, &mut sounds)?;
            sounds.sort();
            if sounds.is_empty() {
                bail!("the demo has no recordings");
            }
            let lines: String = sounds.iter().map(|sound| format!("file '{}'\n", sound.display())).collect();
            std::fs::write(&list, lines)?;
            ffmpeg(
                &["-f", "concat", "-safe", "0", "-i", super::programs::path(&list), "-t", "600", "-ac", "1", "-ar", "16000"],
                &made,
            )?;
        }
        Ok(made)
    }
}

fn wavs(folder: &Path, found: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            wavs(&path, found)?;
        } else if path.extension().is_some_and(|suffix| suffix == "wav") {
            found.push(path);
        }
    }
    Ok(())
}

fn ffmpeg(arguments: &[&str], made: &Path) -> anyhow::Result<()> {
    let fresh = made.with_file_name(format!("new-{}", made.file_name().unwrap_or_default().to_string_lossy()));
    let status = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-y"])
        .args(arguments)
        .arg(&fresh)
        .status()
        .context("ffmpeg is not installed; it makes the sounds to measure with")?;
    if !status.success() {
        bail!("ffmpeg could not make {}", made.display());
    }
    Ok(std::fs::rename(fresh, made)?)
}
