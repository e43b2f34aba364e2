//! The rejects file: what was not taken, where it stands, and why.

use std::{
    fs::{File, OpenOptions},
    io::{BufWriter, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use crate::domain::clean;

/// Rejected lines that are told at once.
const SHOWN: usize = 10;

/// Made with the first reject; readable by its owner alone, since lines hold numbers and names.
pub(super) struct Rejects {
    path: PathBuf,
    file: Option<BufWriter<File>>,
    failed: Option<String>,
    pub count: u64,
    /// The first of them in words, for the screen.
    pub first: Vec<String>,
}

impl Rejects {
    pub fn new(path: PathBuf) -> Self {
        Self { path, file: None, failed: None, count: 0, first: Vec::new() }
    }

    /// One reject: file, line (0: the whole file), reason, and the raw line with its controls made visible.
    pub fn add(&mut self, file: &Path, line: u64, reason: &str, raw: &[u8]) {
        self.count += 1;
        let file = clean::line(&file.display().to_string(), 500);
        let raw: String = String::from_utf8_lossy(raw)
            .chars()
            .map(|c| if clean::must_not_show(c) { c.escape_unicode().to_string() } else { c.to_string() })
            .collect();
        if line > 0 && self.first.len() < SHOWN {
            self.first.push(format!("{file} line {line} {}", clean::line(reason, 200)));
        }
        let text = format!("{file}\t{line}\t{}\t{raw}\n", clean::line(reason, 500));
        if let Err(error) = self.write(&text) {
            self.failed.get_or_insert_with(|| {
                format!(
                    "cannot write {}: {error}; rejects of this import are not listed",
                    clean::line(&self.path.display().to_string(), 500)
                )
            });
        }
    }

    fn write(&mut self, text: &str) -> std::io::Result<()> {
        if self.failed.is_some() {
            return Ok(());
        }
        if self.file.is_none() {
            let file = OpenOptions::new().create(true).append(true).mode(0o600).open(&self.path)?;
            let mut file = BufWriter::new(file);
            if file.get_ref().metadata()?.len() == 0 {
                file.write_all(b"file\tline\treason\traw\n")?;
            }
            self.file = Some(file);
        }
        self.file.as_mut().map_or(Ok(()), |file| file.write_all(text.as_bytes()))
    }

    /// Where they are, or why they are not.
    pub fn finish(&mut self) -> Result<Option<String>, String> {
        if let Some(file) = &mut self.file
            && let Err(error) = file.flush()
        {
            return Err(format!("cannot write {}: {error}", self.path.display()));
        }
        match self.failed.take() {
            Some(why) => Err(why),
            None => Ok(self.file.is_some().then(|| self.path.display().to_string())),
        }
    }
}
