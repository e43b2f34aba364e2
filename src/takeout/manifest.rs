//! `manifest.csv`: of each recording what became of it. Written line by line, so that an interrupted download goes on;
//! put in order at the end.

use std::{
    collections::HashMap,
    fs::{File, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
};

use super::{TakeError, fetch, record::record};
use crate::domain::clean;

const HEADER: [&str; 10] = ["recording", "call", "file", "bytes", "sha256", "result", "reason", "from_s", "until_s", "format"];

/// What became of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Saved,
    /// Was there already, and whole.
    Kept,
    Failed,
}

/// What was made of a recording, as the manifest writes it; all empty: it is whole and as it was kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Form {
    pub from_s: String,
    pub until_s: String,
    /// `wav`, `mp3` or `opus`.
    pub format: String,
}

/// One line. Bytes and hash are those of the file, which differ from the recording's where it was wrapped in WAV, cut or
/// converted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub recording: String,
    pub call: String,
    /// Relative to the folder.
    pub file: String,
    pub bytes: Option<u64>,
    pub sha256: String,
    pub verdict: Verdict,
    pub reason: String,
    pub form: Form,
}

/// The manifest of one folder.
pub(super) struct Manifest {
    path: PathBuf,
    lines: File,
    /// Of earlier downloads into the folder, by recording and form.
    before: HashMap<(String, Form), Row>,
    now: Vec<Row>,
}

impl Manifest {
    /// Opens the manifest of a folder, or makes it.
    ///
    /// # Errors
    /// When it cannot be read or written.
    pub fn open(folder: &Path) -> Result<Self, TakeError> {
        let path = folder.join("manifest.csv");
        let failed = |why: std::io::Error| unwritable(&path, &why);
        let before = match std::fs::read(&path) {
            Ok(bytes) => read(&bytes),
            Err(why) if why.kind() == std::io::ErrorKind::NotFound => HashMap::new(),
            Err(why) => return Err(failed(why)),
        };
        let mut lines = OpenOptions::new().create(true).append(true).open(&path).map_err(failed)?;
        if lines.metadata().map_err(failed)?.len() == 0 {
            lines.write_all(record(HEADER.iter()).as_bytes()).map_err(failed)?;
        }
        Ok(Self { lines, before, now: Vec::new(), path })
    }

    /// Files that belong to recordings of earlier downloads.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.before.values().map(|row| row.file.as_str()).filter(|file| !file.is_empty())
    }

    /// What an earlier download saved of this recording, if the file is still there and whole.
    pub fn whole(&self, folder: &Path, recording: &str, form: &Form) -> Option<Row> {
        let row = self
            .before
            .get(&(recording.to_owned(), form.clone()))
            .filter(|row| row.verdict != Verdict::Failed && !row.file.is_empty())?;
        let (bytes, hash) = fetch::hash_of(&folder.join(&row.file))?;
        (hash == row.sha256).then(|| Row { bytes: Some(bytes), ..row.clone() })
    }

    /// The file of an earlier download that has become shorter since, as a broken copy or a full disk leave it.
    pub fn shortened(&self, folder: &Path, recording: &str, form: &Form) -> Option<String> {
        let row = self
            .before
            .get(&(recording.to_owned(), form.clone()))
            .filter(|row| row.verdict != Verdict::Failed && !row.file.is_empty())?;
        let facts = folder.join(&row.file).symlink_metadata().ok()?;
        (facts.is_file() && facts.len() < row.bytes?).then(|| row.file.clone())
    }

    /// # Errors
    /// When it cannot be written.
    pub fn add(&mut self, row: Row) -> Result<(), TakeError> {
        self.lines.write_all(line(&row).as_bytes()).map_err(|why| unwritable(&self.path, &why))?;
        self.now.push(row);
        Ok(())
    }

    /// How many were saved, kept and failed now.
    pub fn counts(&self) -> (u64, u64, u64) {
        let count = |verdict| self.now.iter().filter(|row| row.verdict == verdict).count() as u64;
        (count(Verdict::Saved), count(Verdict::Kept), count(Verdict::Failed))
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes it anew with one line a recording: earlier ones that still have their file, then those of now.
    ///
    /// # Errors
    /// When it cannot be written; the lines written so far stay.
    pub fn finish(&mut self) -> Result<(), TakeError> {
        let folder = self.path.parent().unwrap_or_else(|| Path::new(".")).to_owned();
        for row in &self.now {
            self.before.remove(&(row.recording.clone(), row.form.clone()));
        }
        let mut earlier: Vec<&Row> = self
            .before
            .values()
            .filter(|row| row.verdict != Verdict::Failed && folder.join(&row.file).symlink_metadata().is_ok())
            .collect();
        earlier.sort_by(|a, b| a.file.cmp(&b.file));
        let failed = |why: std::io::Error| unwritable(&self.path, &why);
        let mut file = tempfile::Builder::new().prefix(".manifest-").tempfile_in(&folder).map_err(failed)?;
        let mut text = record(HEADER.iter());
        text.extend(earlier.into_iter().chain(&self.now).map(line));
        file.write_all(text.as_bytes()).map_err(failed)?;
        file.as_file().sync_all().map_err(failed)?;
        file.persist(&self.path).map_err(|why| unwritable(&self.path, &why.error))?;
        Ok(())
    }

    /// What went wrong, for people: the first few and how many more.
    pub fn reasons(&self, most: usize) -> Vec<String> {
        let failed: Vec<&Row> = self.now.iter().filter(|row| row.verdict == Verdict::Failed).collect();
        let told = |row: &&Row| {
            if row.recording.is_empty() { row.reason.clone() } else { format!("recording {}: {}", row.recording, row.reason) }
        };
        let mut reasons: Vec<String> = failed.iter().take(most).map(told).collect();
        if failed.len() > most {
            reasons.push(format!("… and {} more; {} names them all", failed.len() - most, self.path.display()));
        }
        reasons
    }

    /// Whether nothing but unknown ids was asked for.
    pub fn only_missing(&self) -> bool {
        self.now.iter().all(|row| row.recording.is_empty())
    }
}

fn unwritable(path: &Path, why: &std::io::Error) -> TakeError {
    TakeError::Failed(format!("the manifest {} cannot be written: {why}", path.display()))
}

fn line(row: &Row) -> String {
    // A path that a spreadsheet could take for a formula; this way it still opens.
    let file = if clean::csv_cell(&row.file) == row.file { row.file.clone() } else { format!("./{}", row.file) };
    let verdict = match row.verdict {
        Verdict::Saved => "saved",
        Verdict::Kept => "kept",
        Verdict::Failed => "failed",
    };
    let cell = |text: &str| clean::csv_cell(&clean::line(text, 2_000));
    let bytes = row.bytes.map(|bytes| bytes.to_string()).unwrap_or_default();
    record(
        [
            cell(&row.recording),
            cell(&row.call),
            file,
            bytes,
            row.sha256.clone(),
            verdict.to_owned(),
            cell(&row.reason),
            row.form.from_s.clone(),
            row.form.until_s.clone(),
            row.form.format.clone(),
        ]
        .iter(),
    )
}

/// Earlier rows; the last of a recording holds. What makes no sense is left out: its files are then compared by themselves.
fn read(bytes: &[u8]) -> HashMap<(String, Form), Row> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let mut rows = HashMap::new();
    for record in reader.records().filter_map(Result::ok) {
        let cell = |index: usize| record.get(index).unwrap_or_default().to_owned();
        let file = cell(2);
        let file = file.strip_prefix("./").unwrap_or(&file).to_owned();
        let inside = Path::new(&file).components().all(|part| matches!(part, std::path::Component::Normal(_)));
        let verdict = match cell(5).as_str() {
            "saved" | "kept" => Verdict::Saved,
            _ => Verdict::Failed,
        };
        if cell(0).is_empty() || !inside {
            continue;
        }
        let row = Row {
            recording: cell(0),
            call: cell(1),
            file,
            bytes: cell(3).parse().ok(),
            sha256: cell(4),
            verdict,
            reason: cell(6),
            form: Form { from_s: cell(7), until_s: cell(8), format: cell(9) },
        };
        rows.insert((row.recording.clone(), row.form.clone()), row);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(recording: &str, file: &str, verdict: Verdict) -> Row {
        Row {
            recording: recording.to_owned(),
            call: "01JC".to_owned(),
            file: file.to_owned(),
            bytes: Some(3),
            sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad".to_owned(),
            verdict,
            reason: String::new(),
            form: Form::default(),
        }
    }

    #[test]
    fn an_interrupted_manifest_is_gone_on_with() {
        let folder = tempfile::tempdir().expect("folder");
        std::fs::write(folder.path().join("+48_a.wav"), "abc").expect("write");
        let mut first = Manifest::open(folder.path()).expect("open");
        first.add(row("R1", "+48_a.wav", Verdict::Saved)).expect("add");
        first.add(row("R2", "gone.wav", Verdict::Saved)).expect("add");
        // No finish: the program was killed.
        drop(first);
        let mut second = Manifest::open(folder.path()).expect("open");
        assert_eq!(second.whole(folder.path(), "R1", &Form::default()).map(|row| row.file), Some("+48_a.wav".to_owned()));
        assert_eq!(second.whole(folder.path(), "R2", &Form::default()), None);
        std::fs::write(folder.path().join("+48_a.wav"), "other").expect("write");
        assert_eq!(second.whole(folder.path(), "R1", &Form::default()), None, "no longer whole");
        let cut = Form { from_s: "1".to_owned(), until_s: "2.5".to_owned(), format: "mp3".to_owned() };
        assert_eq!(second.whole(folder.path(), "R1", &cut), None, "another form of it");
        second.add(row("R3", "", Verdict::Failed)).expect("add");
        assert_eq!(second.counts(), (0, 0, 1));
        second.finish().expect("finish");
        let text = std::fs::read_to_string(folder.path().join("manifest.csv")).expect("read");
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3, "{text}");
        assert_eq!(lines[0], "recording,call,file,bytes,sha256,result,reason,from_s,until_s,format");
        assert!(lines[1].starts_with("R1,01JC,./+48_a.wav,3,"), "{text}");
        assert!(lines[2].ends_with(",failed,,,,"), "{text}");
    }

    #[test]
    fn a_forged_manifest_leads_nowhere() {
        let rows = read(b"recording,call,file,bytes,sha256,result,reason\nR1,C,../../etc/passwd,1,x,saved,\nR2,C,/etc/passwd,1,x,saved,\n\xff\xfe,,,\n");
        assert!(rows.is_empty());
    }
}
